import type { Logger } from 'pino';
import { foldRollups, foldWords } from '@/lib/services/rollups/fold-rollups';

/** Readers add what waits, so that nothing hangs on this being soon; only that little waits. */
const EVERY_MS = 2_000;

export interface RollupTimer {
  /** Folds no more and waits for what is under way. */
  stop(): Promise<void>;
}

/** Folds changes of runs into the rollups and into the words they are searched by. Any number of planes may. */
export function startRollups(
  log: Pick<Logger, 'error'>,
  { everyMs = EVERY_MS }: { everyMs?: number } = {},
): RollupTimer {
  let timer: NodeJS.Timeout | undefined;
  let stopping = false;
  const look = async () => {
    try {
      await foldRollups();
      await foldWords();
    } catch (error) {
      log.error({ err: error }, 'rollups could not be folded');
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
