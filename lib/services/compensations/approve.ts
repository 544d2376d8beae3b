import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { lockCompensation, noteStep, STATE_WORDS } from './compensation-row';
import { send } from './send';

/**
 * The operator lets a proposed compensation be made: it is sent to the receivers that subscribe to it, and `receivers` says
 * how many those are. One that expired before it was sent may be tried all the same. Throws `not_found`, `forbidden`, or
 * `conflict` that says what has become of it.
 */
export async function approveCompensation(
  actor: Actor,
  input: { id: string },
): Promise<{ receivers: number }> {
  const { workspaceId } = actor;
  authorize(actor, 'compensation.decide', { workspaceId });
  return transact(async (client) => {
    const row = await lockCompensation(client, workspaceId, input.id);
    authorize(actor, 'compensation.decide', { workspaceId, agentId: row.agent_id });
    if (row.state !== 'proposed' && !(row.state === 'expired' && row.sent_at === null))
      throw new AppError('conflict', `This compensation ${STATE_WORDS[row.state]} already.`);
    await client.query(
      `UPDATE compensation SET state = 'approved', decided_at = clock_timestamp(), decided_by_id = $2, reason = NULL,
         ended_at = NULL, ended_by = NULL, detail = NULL WHERE id = $1`,
      [row.id, actor.kind === 'person' ? actor.personId : null],
    );
    const receivers = await send(client, actor, row.id);
    await noteStep(client, actor, row, { action: 'approved', detail: { receivers } });
    return { receivers };
  });
}
