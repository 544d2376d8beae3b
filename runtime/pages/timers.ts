import type { Logger } from 'pino';
import {
  type DuePage,
  leasePages,
  PAGE_LEASE_MS,
  pagesDueWithin,
  watchPages,
} from '@/lib/services/pages/due-pages';
import { firePage } from '@/lib/services/pages/fire-page';
import { sendDigest } from '@/lib/services/pages/send-digest';

/** What falls due so soon is kept in memory. */
const HORIZON_MS = 15_000;
/** How often the database is asked what has come near: the belt to NOTIFY's braces. */
const EVERY_MS = 5000;
const MAX_NEAR = 2000;
const MAX_AT_ONCE = 200;
/** So many are fired beside each other: the pool has ten connections for everything. */
const LANES = 4;

export interface PageTimers {
  /** Takes nothing more and waits for what is under way. */
  stop(): Promise<void>;
}

/** Pages whoever is behind a step, or sends a digest; resolves when that is committed. */
export async function takeDue({ id, what }: Pick<DuePage, 'id' | 'what'>): Promise<void> {
  await (what === 'page' ? firePage(id) : sendDigest(id));
}

/**
 * Keeps the time of escalation steps and digests. Any number of planes may run it: each holds in memory what falls due
 * soon, and at the moment takes it by a short lease, so that one of them fires it, and another takes over what a killed
 * plane has left. A measure may watch each being taken with a `take` of its own.
 */
export function startPageTimers(log: Pick<Logger, 'error'>, take: typeof takeDue = takeDue): PageTimers {
  /** When each is due by this process's own clock, in ms. */
  let near = new Map<string, { what: DuePage['what']; at: number }>();
  let timer: NodeJS.Timeout | undefined;
  let asking = false;
  let askAgain = false;
  let stopping = false;
  const underWay = new Set<Promise<void>>();

  const track = (work: Promise<void>) => {
    underWay.add(work);
    void work.finally(() => underWay.delete(work));
  };

  const ask = () => {
    if (stopping) return;
    if (asking) askAgain = true;
    else track(refresh());
  };

  async function refresh(): Promise<void> {
    asking = true;
    try {
      do {
        askAgain = false;
        const due = await pagesDueWithin(HORIZON_MS, MAX_NEAR);
        const now = performance.now();
        near = new Map(due.map(({ id, what, inMs }) => [id, { what, at: now + inMs }]));
      } while (askAgain && !stopping);
    } catch (error) {
      log.error({ err: error }, 'the pages that fall due could not be read');
    } finally {
      asking = false;
    }
    arm();
  }

  function arm(): void {
    clearTimeout(timer);
    if (stopping) return;
    let first = Number.POSITIVE_INFINITY;
    for (const { at } of near.values()) first = Math.min(first, at);
    if (first !== Number.POSITIVE_INFINITY)
      timer = setTimeout(() => track(fireDue()), Math.max(0, Math.ceil(first - performance.now())));
  }

  async function fireDue(): Promise<void> {
    const now = performance.now();
    const due: Pick<DuePage, 'id' | 'what'>[] = [];
    for (const [id, { what, at }] of near) {
      if (at > now) continue;
      due.push({ id, what });
      near.delete(id);
      if (due.length >= MAX_AT_ONCE) break;
    }
    arm();
    try {
      const ours = await leasePages(due);
      const mine = due.filter(({ id }) => ours.has(id));
      await Promise.all(
        Array.from({ length: Math.min(LANES, mine.length) }, async () => {
          for (let next = mine.shift(); next !== undefined; next = mine.shift()) await fire(next);
        }),
      );
      // Another plane has it, or it was not quite due: the database says when to look at it again.
      if (ours.size < due.length) setTimeout(ask, ours.size === 0 ? 2 : 0).unref();
    } catch (error) {
      log.error({ err: error }, 'pages that are due could not be taken');
      setTimeout(ask, 500).unref();
    }
  }

  async function fire(due: Pick<DuePage, 'id' | 'what'>): Promise<void> {
    try {
      await take(due);
    } catch (error) {
      // The lease runs out, and whoever looks then fires it.
      log.error({ err: error, page: due.id }, 'a page could not be fired');
      setTimeout(ask, PAGE_LEASE_MS + 50).unref();
    }
  }

  const unwatch = watchPages(ask);
  const interval = setInterval(ask, EVERY_MS);
  ask();

  return {
    async stop() {
      stopping = true;
      clearTimeout(timer);
      clearInterval(interval);
      unwatch();
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}
