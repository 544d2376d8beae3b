import type { Logger } from 'pino';
import { sweepWaiting } from '@/lib/services/signals/follow-runs';
import { type Repeated, repeat } from '../repeat';

/** A signal and its run that came at the same moment find each other within this time. */
const EVERY_MS = 20_000;
/** At first, in case no plane was there to look; later as long as a transaction that wrote signals or runs may have taken. */
const FIRST_BACK_MS = 24 * 3_600_000;
const BACK_MS = 60_000;

/** Joins signals that waited to runs and agents that are there by now. Any number of planes may. */
export function startSignalTimer(log: Pick<Logger, 'error'>, everyMs = EVERY_MS): Repeated {
  let since = new Date(Date.now() - FIRST_BACK_MS);
  return repeat(
    async () => {
      const begun = Date.now();
      await sweepWaiting(since);
      since = new Date(begun - BACK_MS);
    },
    { everyMs, failed: (error) => log.error({ err: error }, 'waiting signals could not be looked at') },
  );
}
