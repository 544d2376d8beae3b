import type { Logger } from 'pino';
import { endOverdueDrills } from '@/lib/services/drills/end-overdue';
import { BEAT_MS, beat, leave } from '@/lib/services/drills/planes';
import { reportAsPlane } from '@/lib/services/drills/serve-planes';
import { watchDrills } from '@/lib/services/drills/watch-drills';

/**
 * What a runtime plane does beside serving: says that it is there, reports what it knows of kill switches and drills, and
 * ends drills whose time is up, in time and after a restart. Any number of planes may.
 */
export function startPlaneDuties(log: Pick<Logger, 'warn'>): { stop(): Promise<void> } {
  const failed = (error: unknown) => log.warn({ err: error }, 'a report of this plane was not written');
  let stopping = false;
  let timer: NodeJS.Timeout | undefined;
  let current: Promise<void> | undefined;

  const look = () => {
    clearTimeout(timer);
    current ??= turn().finally(() => {
      current = undefined;
    });
  };
  async function turn(): Promise<void> {
    let wait = BEAT_MS;
    try {
      await beat();
      const due = await endOverdueDrills();
      if (due !== null) wait = Math.min(BEAT_MS, Math.max(10, due));
    } catch (error) {
      failed(error);
    }
    if (!stopping) timer = setTimeout(look, wait);
  }

  const unreport = reportAsPlane(failed);
  const unwatch = watchDrills(look);
  look();
  return {
    async stop() {
      stopping = true;
      unreport();
      unwatch();
      clearTimeout(timer);
      await current;
      await leave().catch(failed);
    },
  };
}
