import { z } from 'zod';
import { type Actor, actorName } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { type CompensationState, lockCompensation, noteStep, STATE_WORDS } from './compensation-row';

/** How something that was asked for ended, in the words of whoever did it. */
export const outcomeSchema = z.strictObject({
  state: z.enum(['done', 'failed']),
  /** For people: a reference, or why it could not be done. */
  detail: z.string().trim().max(2000).optional(),
});
export type Outcome = z.output<typeof outcomeSchema>;

/**
 * How a compensation ended, said by the receiver with a key or by a person who knows. Saying the same again changes
 * nothing, and what has failed may be done in the end. Throws `not_found`, `forbidden`, or `conflict` when nobody asked for
 * it, or it ended otherwise before.
 */
export async function reportCompensation(
  actor: Actor,
  input: { id: string } & Outcome,
): Promise<{ id: string; state: CompensationState; detail: string | null }> {
  const { workspaceId } = actor;
  authorize(actor, 'compensation.report', { workspaceId });
  return transact(async (client) => {
    const row = await lockCompensation(client, workspaceId, input.id);
    authorize(actor, 'compensation.report', { workspaceId, agentId: row.agent_id });
    const detail = input.detail === undefined || input.detail === '' ? null : input.detail;
    if (row.state === input.state) return { id: row.id, state: row.state, detail: row.detail };
    if (
      row.state === 'proposed' ||
      row.state === 'declined' ||
      (row.state === 'expired' && row.sent_at === null)
    )
      throw new AppError(
        'conflict',
        `Nobody has asked for this: the compensation ${STATE_WORDS[row.state]}.`,
      );
    if (row.state === 'done')
      throw new AppError('conflict', 'This compensation is done: that was reported before.');
    await client.query(
      `UPDATE compensation SET state = $2, ended_at = clock_timestamp(), ended_by = $3, detail = $4,
         sent_at = COALESCE(sent_at, clock_timestamp()) WHERE id = $1`,
      [row.id, input.state, actorName(actor), detail],
    );
    await noteStep(client, actor, row, {
      action: input.state,
      ...(detail === null ? {} : { detail: { detail } }),
    });
    return { id: row.id, state: input.state, detail };
  });
}
