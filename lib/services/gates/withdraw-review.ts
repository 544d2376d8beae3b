import { type Actor, actorName } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { closeReview, whatIsSigned } from './close-review';
import { isReader } from './dtos';
import { clockAfter, lockReview } from './find-review';
import { reasonOf } from './reason';
import { closedInWords } from './review-standing';

/**
 * Takes an open review back. Who opened it may, and the head of AI. Throws `forbidden`, `conflict` when the gate has closed.
 */
export async function withdrawReview(
  actor: Actor,
  input: { reviewId: string; reason?: string | undefined },
): Promise<void> {
  const { workspaceId } = actor;
  authorize(actor, 'gate.withdraw', { workspaceId });
  const reason = input.reason?.trim() ? reasonOf(input.reason) : undefined;
  await transact(async (client) => {
    const { facts, agent, review } = await lockReview(client, workspaceId, input.reviewId);
    if (review.state !== 'open') throw new AppError('conflict', closedInWords(review, facts.zone));
    const head = actor.kind === 'person' && actor.roles.includes('head-of-ai');
    if (!isReader(actor, review.openedBy?.id) && !head)
      throw new AppError(
        'forbidden',
        `Only ${review.openedBy?.name ?? 'who opened it'} or the head of AI may withdraw this review.`,
      );
    await closeReview(client, actor, agent, review, {
      state: 'withdrawn',
      at: clockAfter(agent, new Date()),
      reason,
      told: `${actorName(actor)} withdrew ${review.gate} of ${whatIsSigned(agent, review.versionId)}`,
    });
  });
}
