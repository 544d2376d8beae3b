import type { Actor } from '@/lib/auth/actor';
import type { ReviewRow } from './dto';
import { listReviews } from './list-reviews';

/** Open passages that wait for the reader: those they may sign now, and those that ask for them once evidence is there. The oldest first. */
export async function reviewsWaitingFor(actor: Actor): Promise<ReviewRow[]> {
  const open = await listReviews(actor, { state: 'open' });
  return open
    .filter(
      (review) =>
        review.mine ||
        (actor.kind === 'person' && review.waiting?.on.some((person) => person.id === actor.personId)),
    )
    .reverse();
}
