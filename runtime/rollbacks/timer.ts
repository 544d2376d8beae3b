import type { Logger } from 'pino';
import { expireCompensations } from '@/lib/services/compensations/expire';
import { proposeRest } from '@/lib/services/compensations/propose-rest';
import { expireCodeRollbacks } from '@/lib/services/rollbacks/code-rollback';
import { holdStragglers } from '@/lib/services/rollbacks/hold-stragglers';
import { type Repeated, repeat } from '../repeat';

/** Runs that began while planes were hearing of a rollback are held within two seconds. */
const EVERY_MS = 1000;
/** What expires, expires by the hour, and what is left to propose waits for people: a look a minute is soon enough. */
const EXPIRE_EVERY = 60;

/** Does what time does to rollbacks: runs that they missed are held, what nobody undid or answered for ends. Any number of planes may. */
export function startRollbackTimer(log: Pick<Logger, 'error'>, everyMs = EVERY_MS): Repeated {
  let looks = 0;
  return repeat(
    async () => {
      await holdStragglers();
      if (looks % EXPIRE_EVERY === 0) {
        await proposeRest(new Date());
        await expireCompensations();
        await expireCodeRollbacks();
      }
      looks += 1;
    },
    { everyMs, failed: (error) => log.error({ err: error }, 'rollbacks could not be looked at') },
  );
}
