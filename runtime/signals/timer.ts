import type { Logger } from 'pino';
import { sweepWaiting } from '@/lib/services/signals/follow-runs';
import { type Repeated, repeat } from '../repeat';

/** A signal and its run that came at the same moment find each other within this time. */
const EVERY_MS = 20_000;

/** Joins signals that waited to runs and agents that are there by now. Any number of planes may. */
export function startSignalTimer(log: Pick<Logger, 'error'>, everyMs = EVERY_MS): Repeated {
  return repeat(
    async () => {
      await sweepWaiting(new Date());
    },
    { everyMs, failed: (error) => log.error({ err: error }, 'waiting signals could not be looked at') },
  );
}
