import type { Logger } from 'pino';
import type { SealMemory } from '@/lib/services/audit/mark';
import { sealEntries, signDueCheckpoints } from '@/lib/services/audit/seal-entries';
import { ensureInstanceKey } from '@/lib/services/instance-keys/current-key';

/** How long a plane sleeps when nothing waits. Looking costs next to nothing; a NOTIFY would cost every commit that appends. */
const IDLE_MS = 500;
/** After something was sealed: more is probably on its way, and a batch of it costs little more than one entry. */
const BUSY_MS = 250;
/** After a fault, such as a database that is away. */
const FAULT_MS = 2000;
const CHECKPOINTS_MS = 10 * 60_000;

export interface Sealer {
  /** Takes nothing more and waits for the batch under way. */
  stop(): Promise<void>;
}

/**
 * Links what is appended to the audit logs, and signs checkpoints when they are due. Every plane runs one: of those that
 * look at the same chain at the same moment one links and the others pass on.
 */
export function startSealer(log: Pick<Logger, 'error'>): Sealer {
  let stopping = false;
  let wake: () => void = () => {};
  const sleep = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  async function run(): Promise<void> {
    let keyed = false;
    let checkpointsAt = 0;
    let memory: SealMemory = { earlier: null };
    while (!stopping) {
      let wait = IDLE_MS;
      try {
        if (!keyed) await ensureInstanceKey();
        keyed = true;
        if ((await sealEntries(memory)) > 0) wait = BUSY_MS;
        if (Date.now() >= checkpointsAt) {
          await signDueCheckpoints();
          checkpointsAt = Date.now() + CHECKPOINTS_MS;
        }
      } catch (error) {
        log.error({ err: error }, 'the audit log could not be sealed');
        // It may have come back as another: what was seen in it counts no more.
        memory = { earlier: null };
        wait = FAULT_MS;
      }
      if (!stopping) await sleep(wait);
    }
  }

  const running = run();
  return {
    async stop() {
      stopping = true;
      wake();
      await running;
    },
  };
}
