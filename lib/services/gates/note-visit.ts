import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';

/** A page that was asleep does not catch up: one beat stands for so many seconds at most. */
const LONGEST_BEAT = 30;
const MOST_OPENED = 200;

/**
 * A beat of somebody who has an open review before them: so many seconds more, and which evidence they have opened. Time
 * counts only as fast as it passes. What is not evidence of this agent is not noted. Throws `not_found`.
 */
export async function noteVisit(
  actor: Actor,
  input: { reviewId: string; seconds: number; opened: readonly string[] },
): Promise<void> {
  const { workspaceId } = actor;
  authorize(actor, 'gate.read', { workspaceId });
  if (actor.kind !== 'person') throw new AppError('forbidden', 'Only people visit a review.');
  const seconds = Math.round(Math.min(LONGEST_BEAT, Math.max(0, input.seconds)));
  const opened = input.opened.slice(0, MOST_OPENED);
  await transact(async (client) => {
    const review = await client.query<{ agentId: string; state: string }>(
      'SELECT agent_id AS "agentId", state FROM gate_review WHERE workspace_id = $1 AND id::text = $2',
      [workspaceId, input.reviewId],
    );
    const found = review.rows[0];
    if (found === undefined) throw new AppError('not_found', 'There is no such review in this workspace.');
    if (found.state !== 'open') return;
    await client.query(
      `INSERT INTO gate_visit (gate_review_id, person_id, seconds, opened, first_at, last_at)
       SELECT $1::uuid, $2::uuid, $3::int, ARRAY(SELECT e.id FROM evidence e WHERE e.agent_id = $4 AND e.id::text = ANY($5::text[])), $6, $6
       ON CONFLICT (gate_review_id, person_id) DO UPDATE
         SET seconds = gate_visit.seconds
               + greatest(0, least($3::int, ceil(extract(epoch FROM $6 - gate_visit.last_at))::int)),
             opened = ARRAY(SELECT DISTINCT unnest(gate_visit.opened || EXCLUDED.opened)),
             last_at = greatest(gate_visit.last_at, $6)`,
      [input.reviewId, actor.personId, seconds, found.agentId, opened, new Date()],
    );
  });
}
