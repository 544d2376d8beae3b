import type { Logger } from 'pino';
import {
  LEASE_MS,
  type Leased,
  leaseDue,
  releaseLeases,
  renewLeases,
  untilNextDue,
} from '@/lib/services/outbox/lease';
import { recordAttempt } from '@/lib/services/outbox/record-attempt';
import { watchOutbox } from '@/lib/services/outbox/watch-outbox';
import { deliver } from './deliver';
import { closeMail, sendMail } from './send-mail';

const MAX_UNDER_WAY = 64;
const MAX_PER_RECEIVER = 16;
/** How long a plane sleeps when nothing is due and nobody wakes it: the belt to NOTIFY's braces. */
const IDLE_MS = 5000;

/** How long a plane that stops waits for deliveries under way. */
const STOP_MS = 2000;

export interface OutboxWorker {
  /**
   * Takes nothing more and waits a little for what is under way. What does not end in time is given back, to be sent
   * again under the same id by whoever comes next.
   */
  stop(): Promise<void>;
}

/**
 * Delivers what waits in the outbox. Any number of planes may run one each: rows are leased with SKIP LOCKED, leases
 * are short and renewed while a delivery is under way, so a killed plane's deliveries are taken over within seconds.
 * It wakes on NOTIFY, on a timer for what is due next, and every few seconds regardless.
 */
export function startOutbox(log: Pick<Logger, 'warn' | 'error'>): OutboxWorker {
  const underWay = new Map<string, Leased>();
  let timer: NodeJS.Timeout | undefined;
  let looking = false;
  let lookAgain = false;
  let stopping = false;
  let settled: () => void = () => {};

  const wake = () => {
    if (looking) lookAgain = true;
    else void look();
  };

  async function look(): Promise<void> {
    if (stopping) return;
    looking = true;
    clearTimeout(timer);
    let wait = IDLE_MS;
    try {
      do {
        lookAgain = false;
        const room = MAX_UNDER_WAY - underWay.size;
        if (room <= 0) break; // The next delivery to end looks again.
        const busy = new Map<string, number>();
        for (const message of underWay.values())
          busy.set(message.receiver, (busy.get(message.receiver) ?? 0) + 1);
        const taken = await leaseDue(room, MAX_PER_RECEIVER, busy);
        if (stopping) {
          await releaseLeases(taken.map((message) => message.id));
          break;
        }
        for (const message of taken) void attempt(message);
        if (taken.length > 0) lookAgain = true;
      } while (lookAgain && !stopping);
      const due = await untilNextDue();
      if (due !== null) wait = Math.min(IDLE_MS, Math.max(10, due));
      // What is due but held back for a busy endpoint is looked at when one of its deliveries ends.
      if (underWay.size > 0 && due !== null && due <= 0) wait = IDLE_MS;
    } catch (error) {
      log.error({ err: error }, 'the outbox could not look for deliveries');
      wait = 1000;
    } finally {
      looking = false;
    }
    if (stopping) return settled();
    if (lookAgain) wake();
    else timer = setTimeout(wake, wait);
  }

  async function attempt(message: Leased): Promise<void> {
    underWay.set(message.id, message);
    const at = new Date();
    const began = performance.now();
    try {
      const outcome = await (message.channel === 'mail' ? sendMail(message) : deliver(message));
      const ms = performance.now() - began;
      if (outcome.error !== null)
        log.warn(
          {
            delivery: message.id,
            receiver: message.receiver,
            attempt: message.attempts,
            why: outcome.error,
          },
          'a delivery failed',
        );
      await recordAttempt(message, outcome, { at, ms });
    } catch (error) {
      // The lease runs out and the delivery is tried again, with the same id: receivers deduplicate.
      log.error({ err: error, delivery: message.id }, 'the end of a delivery could not be written down');
    } finally {
      underWay.delete(message.id);
      if (stopping) settled();
      else wake();
    }
  }

  const renewal = setInterval(() => {
    renewLeases([...underWay.keys()]).catch((error: unknown) =>
      log.error({ err: error }, 'the leases of deliveries could not be renewed'),
    );
  }, LEASE_MS / 3);
  const unwatch = watchOutbox(wake);
  wake();

  return {
    async stop() {
      stopping = true;
      clearTimeout(timer);
      unwatch();
      const patience = Date.now() + STOP_MS;
      while (looking || (underWay.size > 0 && Date.now() < patience))
        await new Promise<void>((resolve) => {
          settled = resolve;
          setTimeout(resolve, Math.max(0, patience - Date.now()));
        });
      clearInterval(renewal);
      closeMail();
      await releaseLeases([...underWay.keys()]);
    },
  };
}
