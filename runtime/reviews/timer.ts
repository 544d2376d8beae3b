import type { Logger } from 'pino';
import { drawReviews } from '@/lib/services/expert-reviews/draw-reviews';
import { type Repeated, repeat } from '../repeat';

/** A run is drawn minutes after it has finished; a look a minute is soon enough. */
const EVERY_MS = 60_000;

/** Draws the runs that subject experts review. Any number of planes may. */
export function startReviewTimer(log: Pick<Logger, 'warn' | 'error'>, everyMs = EVERY_MS): Repeated {
  const one = (error: unknown) => log.warn({ err: error }, 'runs of a contract version could not be drawn');
  return repeat(
    async () => {
      await drawReviews(new Date(), { failed: one });
    },
    { everyMs, failed: (error) => log.error({ err: error }, 'runs could not be drawn for review') },
  );
}
