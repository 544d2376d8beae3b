/**
 * The demo's subject experts rate what was drawn for them, over the services their screen calls: all but the newest of each agent, so
 * that their queue is not empty when somebody acts as one of them.
 */
import type { Actor } from '@/lib/auth/actor';
import { drawReviews } from '@/lib/services/expert-reviews/draw-reviews';
import { type BlindRun, getBlindRun } from '@/lib/services/expert-reviews/get-blind-run';
import { listQueue } from '@/lib/services/expert-reviews/list-queue';
import { rateRun } from '@/lib/services/expert-reviews/rate-run';
import { chanceFrom } from './random';

const LEFT = 4;
/** By agent and place in the queue: what was wrong with runs that nobody had noticed, and whether the second reviewer thinks so too. */
const WRONG: Readonly<Record<string, Readonly<Record<number, { note: string; both: boolean }>>>> = {
  'settlement-information': {
    3: {
      note: 'It tells the customer to take the offer. That is advice, however kindly it is put.',
      both: true,
    },
    9: { note: 'It weighs two ways to settle against each other and recommends one.', both: true },
    14: { note: 'It names a payment date that is in no document of the claim.', both: false },
  },
};

/** Runs as the demo has them by now are drawn at once; later ones as everywhere, when they have settled. */
export async function reviewRuns(experts: readonly Actor[]): Promise<void> {
  await drawReviews(new Date(), { behindMs: 0 });
  const chance = chanceFrom(41);
  for (const [index, expert] of experts.entries()) {
    const seen = new Map<string, number>();
    const { runs } = await listQueue(expert, new Date());
    const left = new Map<string, number>();
    for (const { agent } of runs) left.set(agent.name, (left.get(agent.name) ?? 0) + 1);
    for (const { id, agent } of runs) {
      const at = seen.get(agent.name) ?? 0;
      seen.set(agent.name, at + 1);
      if (at >= (left.get(agent.name) ?? 0) - LEFT) continue;
      const run = await getBlindRun(expert, id);
      const found = WRONG[agent.name]?.[at];
      const wrong = index === 0 || found?.both === true ? found?.note : undefined;
      await rateRun(expert, {
        reviewId: id,
        ratings: run.criteria.map((criterion) => ({
          criterion: criterion.id,
          value: ratingOf(criterion, wrong === undefined),
        })),
        correct: wrong === undefined,
        note: wrong ?? '',
        seconds: chance.between(35, 240),
      });
    }
  }
}

function ratingOf({ scale }: BlindRun['criteria'][number], good: boolean): number {
  switch (scale.kind) {
    case 'yes-no':
      return good ? scale.yes : scale.no;
    case 'percent':
      return good ? 95 : 60;
    case 'points':
      return good ? scale.to : scale.from;
    case 'number':
      return 0;
  }
}
