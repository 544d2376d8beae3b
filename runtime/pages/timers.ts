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
/** So many are leased together, and so many lanes fire beside each other: the pool has ten connections for everything. */
const MAX_AT_ONCE = 50;
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
  /** What is due and no lane has come to yet. */
  const queue: Pick<DuePage, 'id' | 'what'>[] = [];
  /** That, and what the lanes are at: it is not taken a second time. */
  const held = new Set<string>();
  let lanes = 0;
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
        near = new Map(
          due.filter(({ id }) => !held.has(id)).map(({ id, what, inMs }) => [id, { what, at: now + inMs }]),
        );
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
      timer = setTimeout(fireDue, Math.max(0, Math.ceil(first - performance.now())));
  }

  function fireDue(): void {
    const now = performance.now();
    for (const [id, { what, at }] of near) {
      if (at > now) continue;
      near.delete(id);
      held.add(id);
      queue.push({ id, what });
    }
    arm();
    while (lanes < LANES && queue.length > 0) {
      lanes += 1;
      track(work());
    }
  }

  /** One lane: takes a share of what is due, and another until nothing is. */
  async function work(): Promise<void> {
    while (queue.length > 0 && !stopping) {
      const share = queue.splice(0, Math.min(MAX_AT_ONCE, Math.ceil(queue.length / LANES)));
      try {
        const ours = await leasePages(share);
        for (const due of share) if (ours.has(due.id)) await fire(due);
        // Another plane has it, it is locked, or was not quite due: the database says when to look at it again.
        if (ours.size < share.length) setTimeout(ask, ours.size === 0 ? 5 : 0).unref();
      } catch (error) {
        log.error({ err: error }, 'pages that are due could not be taken');
        setTimeout(ask, 500).unref();
      } finally {
        for (const { id } of share) held.delete(id);
      }
    }
    lanes -= 1;
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
