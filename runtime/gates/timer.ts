import type { Logger } from 'pino';
import { expireEmergencies } from '@/lib/services/amendments/expire-emergencies';
import { expireReviews } from '@/lib/services/gates/expire-reviews';
import { applyLadderByTime } from '@/lib/services/ladder/apply-by-time';
import { type Repeated, repeat } from '../repeat';

/** Days are what gates count in: a look a minute is soon enough. */
const EVERY_MS = 60_000;

/**
 * Does what time does to gates: reviews expire, people are reminded, attestations come due, emergencies nobody signed fall
 * back, agents whose attestation is overdue take their step of the ladder. Any number of planes
 * may.
 */
export function startGateTimer(
  log: Pick<Logger, 'warn' | 'error'>,
  { everyMs = EVERY_MS, clock = () => new Date() }: { everyMs?: number; clock?: () => Date } = {},
): Repeated {
  const one = (error: unknown) => log.warn({ err: error }, 'a gate could not be looked at');
  return repeat(
    async () => {
      await expireReviews(clock(), one);
      await expireEmergencies(clock(), one);
      await applyLadderByTime(new Date(), one);
    },
    { everyMs, failed: (error) => log.error({ err: error }, 'gates could not be looked at') },
  );
}
