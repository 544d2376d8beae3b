import type { Logger } from 'pino';
import { foldRollups, foldWords } from '@/lib/services/rollups/fold-rollups';
import { type Repeated, repeat } from '../repeat';

/** Readers add what waits, so that nothing hangs on this being soon; only that little waits. */
const EVERY_MS = 2_000;

/** Folds changes of runs into the rollups and into the words they are searched by. Any number of planes may. */
export function startRollups(
  log: Pick<Logger, 'error'>,
  { everyMs = EVERY_MS }: { everyMs?: number } = {},
): Repeated {
  return repeat(
    async () => {
      await foldRollups();
      await foldWords();
    },
    { everyMs, failed: (error) => log.error({ err: error }, 'rollups could not be folded') },
  );
}
