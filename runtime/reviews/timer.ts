import type { Logger } from 'pino';
import { drawReviews } from '@/lib/services/expert-reviews/draw-reviews';

/** A run is drawn minutes after it has finished; a look a minute is soon enough. */
const EVERY_MS = 60_000;

export interface ReviewTimer {
  /** Takes no further look and waits for the one under way. */
  stop(): Promise<void>;
}

/** Draws the runs that subject experts review. Any number of planes may. */
export function startReviewTimer(log: Pick<Logger, 'warn' | 'error'>, everyMs = EVERY_MS): ReviewTimer {
  let timer: NodeJS.Timeout | undefined;
  let stopping = false;
  const look = async () => {
    try {
      await drawReviews(new Date(), {
        failed: (error) => log.warn({ err: error }, 'runs of a contract version could not be drawn'),
      });
    } catch (error) {
      log.error({ err: error }, 'runs could not be drawn for review');
    }
    if (!stopping) timer = setTimeout(begin, everyMs);
  };
  let underWay = look();
  function begin(): void {
    underWay = look();
  }
  return {
    stop: async () => {
      stopping = true;
      clearTimeout(timer);
      await underWay;
    },
  };
}
