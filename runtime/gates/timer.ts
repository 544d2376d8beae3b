import type { Logger } from 'pino';
import { expireEmergencies } from '@/lib/services/amendments/expire-emergencies';
import { expireReviews } from '@/lib/services/gates/expire-reviews';
import { applyLadderByTime } from '@/lib/services/ladder/apply-by-time';

/** Days are what gates count in: a look a minute is soon enough. */
const EVERY_MS = 60_000;

export interface GateTimer {
  /** Takes no further look and waits for the one under way. */
  stop(): Promise<void>;
}

/**
 * Does what time does to gates: reviews expire, people are reminded, attestations come due, emergencies nobody signed fall
 * back, agents whose attestation is overdue take their step of the ladder. Any number of planes
 * may.
 */
export function startGateTimer(
  log: Pick<Logger, 'warn' | 'error'>,
  { everyMs = EVERY_MS, clock = () => new Date() }: { everyMs?: number; clock?: () => Date } = {},
): GateTimer {
  let timer: NodeJS.Timeout | undefined;
  let stopping = false;
  const look = async () => {
    try {
      const failed = (error: unknown) => log.warn({ err: error }, 'a gate could not be looked at');
      await expireReviews(clock(), failed);
      await expireEmergencies(clock(), failed);
      await applyLadderByTime(new Date(), failed);
    } catch (error) {
      log.error({ err: error }, 'gates could not be looked at');
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
