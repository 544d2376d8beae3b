import type { Logger } from 'pino';
import { expireCompensations } from '@/lib/services/compensations/expire';
import { proposeRest } from '@/lib/services/compensations/propose-rest';
import { expireCodeRollbacks } from '@/lib/services/rollbacks/code-rollback';
import { holdStragglers } from '@/lib/services/rollbacks/hold-stragglers';

/** Runs that began while planes were hearing of a rollback are held within two seconds. */
const EVERY_MS = 1000;
/** What expires, expires by the hour, and what is left to propose waits for people: a look a minute is soon enough. */
const EXPIRE_EVERY = 60;

export interface RollbackTimer {
  /** Takes no further look and waits for the one under way. */
  stop(): Promise<void>;
}

/** Does what time does to rollbacks: runs that they missed are held, what nobody undid or answered for ends. Any number of planes may. */
export function startRollbackTimer(log: Pick<Logger, 'error'>, everyMs = EVERY_MS): RollbackTimer {
  let timer: NodeJS.Timeout | undefined;
  let stopping = false;
  let looks = 0;
  const look = async () => {
    try {
      await holdStragglers();
      if (looks % EXPIRE_EVERY === 0) {
        await proposeRest(new Date());
        await expireCompensations();
        await expireCodeRollbacks();
      }
      looks += 1;
    } catch (error) {
      log.error({ err: error }, 'rollbacks could not be looked at');
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
