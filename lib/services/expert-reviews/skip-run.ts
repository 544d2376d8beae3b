import type { Actor } from '@/lib/auth/actor';
import { notify } from '@/lib/db/notify';
import { transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { appendAudit } from '@/lib/services/audit/append';
import { reasonOf } from '@/lib/services/gates/reason';
import { openReviewFor } from './review-row';

/**
 * Passes a run on with a reason ("not my subject"): it leaves the actor's queue and no other's. Runs that nobody rates stay in sight:
 * the bound on wrong silent runs says what it would be if they were wrong.
 *
 * @throws AppError `forbidden`; `not_found`; `invalid` without a reason; `conflict` when it was rated or passed on already
 */
export async function skipRun(
  actor: Actor,
  input: { reviewId: string; reason: string },
  now = new Date(),
): Promise<void> {
  await transact(async (client) => {
    const { review, person } = await openReviewFor(client, actor, input.reviewId, 'lock');
    const reason = reasonOf(input.reason);
    if (review.rated) throw new AppError('conflict', 'You have rated this run already.');
    if (review.skipped) throw new AppError('conflict', 'You have passed this run on already.');
    await client.query(
      'INSERT INTO run_review_skip (review_id, person_id, reason, at) VALUES ($1, $2, $3, $4)',
      [review.id, person.personId, reason, now],
    );
    await appendAudit(client, [
      {
        workspaceId: actor.workspaceId,
        actor,
        action: 'expert-review.skipped',
        subject: `run:${review.runId}`,
        detail: { reason },
      },
    ]);
    await notify(client, { workspaceId: actor.workspaceId, topic: 'expert-review', id: review.id });
  });
}
