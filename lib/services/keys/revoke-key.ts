import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { notify } from '@/lib/db/notify';
import { transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { appendAudit } from '@/lib/services/audit/append';

/** Ends a key for good; the runtime planes hear of it at once. Throws `not_found`, or `conflict` when it was revoked before. */
export async function revokeKey(actor: Actor, input: { id: string; reason: string }): Promise<void> {
  const { workspaceId } = actor;
  authorize(actor, 'key.manage', { workspaceId });
  const missing = new AppError('not_found', 'There is no such key in this workspace.');
  if (!z.uuid().safeParse(input.id).success) throw missing;
  await transact(async (client) => {
    const found = await client.query<{ name: string; revoked_at: Date | null }>(
      'SELECT name, revoked_at FROM api_key WHERE id = $1 AND workspace_id = $2 FOR UPDATE',
      [input.id, workspaceId],
    );
    const key = found.rows[0];
    if (key === undefined) throw missing;
    if (key.revoked_at !== null) throw new AppError('conflict', 'This key is revoked already.');
    await client.query('UPDATE api_key SET revoked_at = now() WHERE id = $1', [input.id]);
    await appendAudit(client, [
      {
        workspaceId,
        actor,
        action: 'key.revoked',
        subject: `key:${input.id}`,
        detail: { name: key.name, reason: input.reason },
      },
    ]);
    await notify(client, { workspaceId, topic: 'key', id: input.id });
  });
}
