import { setTimeout as sleep } from 'node:timers/promises';
import { transact } from '@/lib/db/pool';
import { AppError, isUnreachable } from '@/lib/errors';
import { forgetAgents } from '@/lib/services/agents/resolve-agent';
import { Restart } from './load-runs';
import type { RunSpan } from './run-span';
import { type Arrival, writeBatch } from './write-batch';

/** Spans that could not be kept, and why. */
export interface Refused {
  count: number;
  reasons: string[];
}

/** A transaction takes arrivals until it has this many spans. */
const BATCH_SPANS = 6000;
/** What may wait; beyond it senders are told to come back. */
const MAX_WAITING_SPANS = 250_000;
const MAX_ATTEMPTS = 8;
/**
 * Transactions under way at a time: while one waits for us to judge its runs, the database works on the other. Spans are
 * dealt out by trace, so that the two have no run in common unless a conversation joins them.
 */
const LANES = 2;

interface Waiting extends Arrival {
  resolve: (refused: Refused) => void;
  reject: (error: unknown) => void;
}

/**
 * The writer of spans of a plane. What arrives while a commit runs is written by the next, together, so that a commit
 * is shared by all who wait for it.
 */
export class SpanWriter {
  readonly #lanes = Array.from({ length: LANES }, () => new Lane());
  #waitingSpans = 0;

  constructor(private readonly maxWaitingSpans = MAX_WAITING_SPANS) {}

  /**
   * Resolves when the spans are committed.
   *
   * @throws AppError `rate_limited` when more waits than can be written, `unavailable` when the database is away
   */
  async write(workspaceId: string, { spans, boundAgentId }: Arrival): Promise<Refused> {
    if (this.#waitingSpans > 0 && this.#waitingSpans + spans.length > this.maxWaitingSpans)
      throw new AppError('rate_limited', 'More spans wait than can be written. Send them again.', {
        retryAfterSeconds: 1,
      });
    this.#waitingSpans += spans.length;
    try {
      const parts = await Promise.allSettled(
        deal(spans).map((part, index) => {
          const lane = this.#lanes[index];
          if (lane === undefined || part.length === 0) return { count: 0, reasons: [] };
          return lane.write(workspaceId, { spans: part, boundAgentId });
        }),
      );
      const refused: Refused = { count: 0, reasons: [] };
      for (const part of parts) {
        if (part.status === 'rejected') throw part.reason;
        refused.count += part.value.count;
        refused.reasons.push(...part.value.reasons);
      }
      return refused;
    } finally {
      this.#waitingSpans -= spans.length;
    }
  }
}

/** One part for each lane; a trace's spans go to the same one always. */
function deal(spans: readonly RunSpan[]): RunSpan[][] {
  const parts: RunSpan[][] = Array.from({ length: LANES }, () => []);
  for (const span of spans) parts[Number.parseInt(span.traceId.slice(-2), 16) % LANES]?.push(span);
  return parts;
}

/** One transaction after the other. Workspaces take turns; a batch is of one workspace. */
class Lane {
  readonly #queues = new Map<string, Waiting[]>();
  #working = false;

  write(workspaceId: string, arrival: Arrival): Promise<Refused> {
    return new Promise((resolve, reject) => {
      const waiting: Waiting = { ...arrival, resolve, reject };
      const queue = this.#queues.get(workspaceId);
      if (queue === undefined) this.#queues.set(workspaceId, [waiting]);
      else queue.push(waiting);
      if (this.#working) return;
      this.#working = true;
      // What this turn of the event loop brings comes along.
      setImmediate(() => void this.#work());
    });
  }

  /** Never throws: whoever waits is told. */
  async #work(): Promise<void> {
    for (;;) {
      const next = this.#queues.entries().next();
      if (next.done) break;
      const [workspaceId, queue] = next.value;
      const batch = take(queue);
      // To the end of the line, if anything is left.
      this.#queues.delete(workspaceId);
      if (queue.length > 0) this.#queues.set(workspaceId, queue);
      await settle(workspaceId, batch);
    }
    this.#working = false;
  }
}

function take(queue: Waiting[]): Waiting[] {
  let spans = 0;
  let count = 0;
  for (const one of queue) {
    if (count > 0 && spans + one.spans.length > BATCH_SPANS) break;
    spans += one.spans.length;
    count += 1;
  }
  return queue.splice(0, count);
}

/** Writes a batch and answers each request in it. One that cannot be written does not take the others with it. */
async function settle(workspaceId: string, batch: readonly Waiting[]): Promise<void> {
  try {
    await commit(workspaceId, batch);
    for (const one of batch) one.resolve({ count: 0, reasons: [] });
  } catch (error) {
    if (!isOurFault(error)) {
      for (const one of batch) one.reject(error);
      return;
    }
    for (const one of batch) {
      try {
        one.resolve(await salvage(workspaceId, one));
      } catch (failure) {
        one.reject(failure);
      }
    }
  }
}

/** Halves a request until what cannot be written stands alone, and refuses that. */
async function salvage(workspaceId: string, arrival: Arrival): Promise<Refused> {
  if (arrival.spans.length === 1) {
    try {
      await commit(workspaceId, [arrival]);
      return { count: 0, reasons: [] };
    } catch (error) {
      if (!isOurFault(error)) throw error;
      return { count: 1, reasons: [`1 span: it cannot be stored (${reasonOf(error)})`] };
    }
  }
  const middle = Math.ceil(arrival.spans.length / 2);
  const refused: Refused = { count: 0, reasons: [] };
  for (const spans of [arrival.spans.slice(0, middle), arrival.spans.slice(middle)]) {
    const half = { spans, boundAgentId: arrival.boundAgentId };
    try {
      await commit(workspaceId, [half]);
    } catch (error) {
      if (!isOurFault(error)) throw error;
      const inner = await salvage(workspaceId, half);
      refused.count += inner.count;
      for (const reason of inner.reasons) if (!refused.reasons.includes(reason)) refused.reasons.push(reason);
    }
  }
  return refused;
}

/** Data the database will not take, or a bug of ours on it; not an outage, and not a reason to send it again. */
function isOurFault(error: unknown): boolean {
  return !(error instanceof AppError);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message.slice(0, 200) : 'unknown';
}

/** Deadlock, serialization failure, and rows that appeared or went between reading and writing. */
const TRY_AGAIN = new Set(['40001', '40P01', '23505', '23503']);

async function commit(workspaceId: string, batch: readonly Arrival[]): Promise<void> {
  let careful = false;
  for (let attempt = 1; ; attempt += 1) {
    try {
      await transact((client) => writeBatch(client, workspaceId, batch, careful));
      return;
    } catch (error) {
      if (isUnreachable(error))
        throw new AppError('unavailable', 'The database is out of reach for now. Send it again later.', {
          retryAfterSeconds: 2,
          cause: error,
        });
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      const again = error instanceof Restart || (typeof code === 'string' && TRY_AGAIN.has(code));
      if (!again) throw error;
      if (attempt >= MAX_ATTEMPTS)
        throw new AppError('unavailable', 'Others write the same runs. Send it again.', {
          retryAfterSeconds: 1,
          cause: error,
        });
      // A span that is stored under no run shows itself as a duplicate key; a run or trace was begun elsewhere.
      if (code === '23505' && error instanceof Error && 'table' in error && error.table === 'span')
        careful = true;
      if (code === '23503') forgetAgents();
      await sleep(Math.random() * 5 * 2 ** attempt);
    }
  }
}
