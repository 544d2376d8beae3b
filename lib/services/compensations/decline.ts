import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { requireReason } from '@/lib/services/runs/run-for-action';
import { lockCompensation, noteStep, STATE_WORDS } from './compensation-row';

/**
 * The operator leaves the call as it is, for a reason. Throws `not_found`, `forbidden`, `invalid` without a reason, or
 * `conflict` that says what has become of it.
 */
export async function declineCompensation(
  actor: Actor,
  input: { id: string; reason: string },
): Promise<void> {
  const { workspaceId } = actor;
  authorize(actor, 'compensation.decide', { workspaceId });
  await transact(async (client) => {
    const row = await lockCompensation(client, workspaceId, input.id);
    authorize(actor, 'compensation.decide', { workspaceId, agentId: row.agent_id });
    const reason = requireReason(input.reason);
    if (row.state !== 'proposed')
      throw new AppError('conflict', `This compensation ${STATE_WORDS[row.state]} already.`);
    await client.query(
      `UPDATE compensation SET state = 'declined', decided_at = clock_timestamp(), decided_by_id = $2, reason = $3
        WHERE id = $1`,
      [row.id, actor.kind === 'person' ? actor.personId : null, reason],
    );
    await noteStep(client, actor, row, { action: 'declined', detail: { reason } });
  });
}
