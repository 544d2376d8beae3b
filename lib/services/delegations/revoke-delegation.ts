import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { notify } from '@/lib/db/notify';
import { transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { appendAudit } from '@/lib/services/audit/append';

/**
 * Ends a delegation at once; what was signed by it stays. Either of the two may, and the head of AI. Throws `not_found`,
 * `forbidden`, `conflict` when it has ended.
 */
export async function revokeDelegation(actor: Actor, id: string): Promise<void> {
  const { workspaceId } = actor;
  authorize(actor, 'delegation.read', { workspaceId });
  await transact(async (client) => {
    const { rows } = await client.query<{ fromId: string; toId: string; role: string; over: boolean }>(
      `SELECT from_id AS "fromId", to_id AS "toId", role, (revoked_at IS NOT NULL OR ends_at <= $3) AS over
         FROM delegation WHERE workspace_id = $1 AND id::text = $2 FOR UPDATE`,
      [workspaceId, id, new Date()],
    );
    const delegation = rows[0];
    if (delegation === undefined) throw new AppError('not_found', 'There is no such delegation here.');
    const own = actor.kind === 'person' && [delegation.fromId, delegation.toId].includes(actor.personId);
    if (!own) authorize(actor, 'delegation.grant-for-others', { workspaceId });
    if (delegation.over) throw new AppError('conflict', 'This delegation has ended already.');
    await client.query('UPDATE delegation SET revoked_at = $3 WHERE workspace_id = $1 AND id = $2', [
      workspaceId,
      id,
      new Date(),
    ]);
    await appendAudit(client, [
      {
        workspaceId,
        actor,
        action: 'delegation.revoked',
        subject: `delegation:${id}`,
        detail: { role: delegation.role },
      },
    ]);
    await notify(client, { workspaceId, topic: 'gate', id: '' });
  });
}
