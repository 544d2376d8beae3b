import type { Logger } from 'pino';
import { sweepWaiting } from '@/lib/services/signals/follow-runs';

/** A signal and its run that came at the same moment find each other within this time. */
const EVERY_MS = 20_000;

export interface SignalTimer {
  /** Takes no further look and waits for the one under way. */
  stop(): Promise<void>;
}

/** Joins signals that waited to runs and agents that are there by now. Any number of planes may. */
export function startSignalTimer(log: Pick<Logger, 'error'>, everyMs = EVERY_MS): SignalTimer {
  let timer: NodeJS.Timeout | undefined;
  let stopping = false;
  const look = async () => {
    await sweepWaiting(new Date()).catch((error: unknown) =>
      log.error({ err: error }, 'waiting signals could not be looked at'),
    );
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
