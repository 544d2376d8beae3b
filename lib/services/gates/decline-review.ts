import { type Actor, actorName } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { formatList } from '@/lib/format';
import { ROLE_IN_WORDS } from '@/lib/lifecycle/may-sign';
import { closeReview, whatIsSigned } from './close-review';
import { clockAfter, lockReview } from './find-review';
import { signingContext, waysOfReader } from './people';
import { clauseOf, reasonOf } from './reason';
import { closedInWords } from './review-standing';

/**
 * Says no at a gate, with a reason and the clause it is about. Only who could sign may decline; missing evidence is no
 * obstacle to that. Throws `forbidden`, `conflict` when the review is closed, `invalid` without a reason.
 */
export async function declineReview(
  actor: Actor,
  input: { reviewId: string; reason: string; clause?: string | undefined },
): Promise<void> {
  const { workspaceId } = actor;
  authorize(actor, 'gate.decline', { workspaceId });
  const reason = reasonOf(input.reason);
  const clause = clauseOf(input.clause);
  await transact(async (client) => {
    const { facts, agent, review } = await lockReview(client, workspaceId, input.reviewId);
    const now = new Date();
    if (review.state !== 'open') throw new AppError('conflict', closedInWords(review, facts.zone));
    const ways = waysOfReader(actor, signingContext(facts, agent, review), review.roles, now.getTime());
    if (!ways.some((way) => way.whyNot === null))
      throw new AppError(
        'forbidden',
        ways[0]?.whyNot ??
          `Only who could sign may decline: ${formatList(review.roles.map((role) => ROLE_IN_WORDS[role]))}.`,
      );
    await closeReview(client, actor, agent, review, {
      state: 'declined',
      at: clockAfter(agent, now),
      reason,
      clause: clause ?? undefined,
      told: `${actorName(actor)} declined ${review.gate} of ${whatIsSigned(agent, review.versionId)}`,
    });
  });
}
