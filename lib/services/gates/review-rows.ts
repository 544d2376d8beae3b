import type { Actor } from '@/lib/auth/actor';
import type { ReviewRow, WaitingDto } from './dto';
import { reviewRow } from './dtos';
import type { AgentFacts, GateFacts } from './facts';
import { awaitedOf, waitingOf, waysOfReader } from './people';
import type { ReviewFact } from './review-facts';
import { inTheWay, standingOf } from './review-standing';
import type { Queries } from './rows';

/** A passage as a row of a list; of an open one, on whom it waits and whether that is the reader. */
export async function rowOf(
  client: Queries,
  actor: Actor,
  facts: GateFacts,
  agent: AgentFacts,
  review: ReviewFact,
  now: number,
): Promise<ReviewRow> {
  if (review.state !== 'open') return reviewRow(agent, review, { waiting: null, mine: false });
  const standing = standingOf(facts, agent, review, now);
  const obstacle = await inTheWay(client, facts, agent, review, standing, now);
  const mine =
    obstacle === null &&
    standing.standing.ready &&
    waysOfReader(actor, standing.context, review.roles, now).some((way) => way.whyNot === null);
  const waiting: WaitingDto = waitingOf(actor, {
    since: review.openedAt,
    missing: missingOf(standing.asked),
    on: awaitedOf(facts, standing.context, review.roles, now),
    obstacle,
  });
  return reviewRow(agent, review, { waiting, mine });
}

/** Titles of required evidence that is not there, not fresh or failed. */
export function missingOf(asked: readonly { required: boolean; state: string; title: string }[]): string[] {
  return asked.filter((each) => each.required && each.state !== 'present').map((each) => each.title);
}
