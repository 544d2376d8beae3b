import type { Actor } from '@/lib/auth/actor';
import type { ReviewRow } from './dto';
import { listReviews } from './list-reviews';

/** Whether an open passage waits for the person: they may sign it now, or are asked once evidence is there. */
export function waitsFor(review: ReviewRow, personId: string): boolean {
  return review.mine || review.waiting?.on.some((person) => person.id === personId) === true;
}

/** Open passages that wait for the reader, the oldest first. Keys wait for nothing. */
export async function reviewsWaitingFor(actor: Actor): Promise<ReviewRow[]> {
  const open = await listReviews(actor, { state: 'open' });
  return actor.kind === 'person' ? open.filter((review) => waitsFor(review, actor.personId)).reverse() : [];
}
