import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { notify } from '@/lib/db/notify';
import { transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { appendAudit } from '@/lib/services/audit/append';
import { lockRollback } from './rollback-row';

/**
 * The operator stands by a rollback that the failure clause made at once. `note` may be empty. Throws `not_found`, `forbidden`,
 * or `conflict` that says who confirmed or reversed it before.
 */
export async function confirmRollback(
  actor: Actor,
  input: { rollbackId: string; note: string },
): Promise<{ to: string }> {
  const { workspaceId } = actor;
  authorize(actor, 'incident.roll-back', { workspaceId });
  return transact(async (client) => {
    const rollback = await lockRollback(client, workspaceId, input.rollbackId);
    authorize(actor, 'incident.roll-back', { workspaceId, agentId: rollback.agentId });
    if (rollback.state !== 'unconfirmed')
      throw new AppError(
        'conflict',
        `This rollback was ${rollback.state} before${rollback.settledBy === null ? '' : ` by ${rollback.settledBy}`}.`,
      );
    const note = input.note.trim().slice(0, 2000);
    await client.query(
      `UPDATE rollback SET state = 'confirmed', settled_at = clock_timestamp(), settled_by_id = $2, settle_reason = $3
        WHERE id = $1`,
      [rollback.id, actor.kind === 'person' ? actor.personId : null, note === '' ? null : note],
    );
    await appendAudit(client, [
      {
        workspaceId,
        actor,
        action: 'rollback.confirmed',
        subject: `incident:${rollback.incidentId}`,
        detail: {
          rollback: rollback.id,
          from: rollback.from.number,
          fromName: rollback.from.name,
          to: rollback.to.number,
          toName: rollback.to.name,
          ...(note === '' ? {} : { reason: note }),
        },
      },
    ]);
    await notify(client, { workspaceId, topic: 'incident', id: rollback.incidentId });
    return { to: rollback.to.name };
  });
}
