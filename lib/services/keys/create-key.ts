import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { type Actor, KEY_SCOPES } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { newId } from '@/lib/db/id';
import { notify } from '@/lib/db/notify';
import { transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { appendAudit } from '@/lib/services/audit/append';

export const newKeySchema = z.object({
  name: z.string().trim().min(1, 'What will use this key?').max(120, 'At most 120 characters.'),
  scopes: z.array(z.enum(KEY_SCOPES)).min(1, 'Choose at least one scope.'),
  /** Id of the one agent it speaks for; null for any. */
  agentId: z.uuid().nullable().default(null),
});

/** How many characters of a key are kept in clear, to recognise it by. */
const PREFIX = 10;

/**
 * A key for an agent or exporter. Only its SHA-256 is stored (the key is 192 random bits, so a slow hash would
 * protect nothing); `secret` is returned this once. Throws `not_found` for another workspace's agent.
 */
export async function createKey(
  actor: Actor,
  input: z.output<typeof newKeySchema>,
): Promise<{ id: string; secret: string }> {
  const { workspaceId } = actor;
  authorize(actor, 'key.manage', { workspaceId });
  const id = newId();
  const secret = `cs_${randomBytes(24).toString('base64url')}`;
  const scopes = KEY_SCOPES.filter((scope) => input.scopes.includes(scope));
  await transact(async (client) => {
    if (input.agentId !== null) {
      const agent = await client.query('SELECT 1 FROM agent WHERE id = $1 AND workspace_id = $2', [
        input.agentId,
        workspaceId,
      ]);
      if (agent.rowCount === 0)
        throw new AppError('not_found', 'There is no such agent in this workspace.', {
          issues: [{ path: 'agentId', message: 'There is no such agent in this workspace.' }],
        });
    }
    await client.query(
      `INSERT INTO api_key (id, workspace_id, name, prefix, hash, scopes, agent_id, created_by_id)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [
        id,
        workspaceId,
        input.name,
        secret.slice(0, PREFIX),
        createHash('sha256').update(secret).digest('hex'),
        scopes,
        input.agentId,
        actor.kind === 'person' ? actor.personId : null,
      ],
    );
    await appendAudit(client, [
      {
        workspaceId,
        actor,
        action: 'key.created',
        subject: `key:${id}`,
        detail: { name: input.name, scopes, agentId: input.agentId },
      },
    ]);
    await notify(client, { workspaceId, topic: 'key', id });
  });
  return { id, secret };
}
