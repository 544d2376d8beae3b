import { Writable } from 'node:stream';
import type pg from 'pg';
import { vi } from 'vitest';
import { db } from '@/lib/db/pool';

/**
 * How a statement dies. `thrown`: it is never sent. `killed`: its connection is terminated as it is sent. `unheard`: it was done and
 * nobody hears of it, which makes a difference for COMMIT alone.
 */
export type Death = 'thrown' | 'killed' | 'unheard';

/**
 * Lets transactions of this process die at a statement: every statement that a borrowed connection is given from BEGIN to
 * COMMIT is counted, whatever it is, so that one that is added later is covered too.
 */
export class FailingStatements {
  #at: number | 'COMMIT' = Number.POSITIVE_INFINITY;
  #death: Death = 'thrown';
  #fired: string | null = null;
  /** Of the transaction that went furthest since `arm`. */
  count = 0;

  constructor() {
    const pool = db();
    const connect: () => Promise<pg.PoolClient> = pool.connect.bind(pool);
    vi.spyOn(pool, 'connect').mockImplementation(async () => this.#watch(await connect()));
    // The pool's own `query` borrows with a callback: those are not transactions.
    vi.spyOn(pool, 'query').mockImplementation(async (...args: unknown[]) => {
      const client = await connect();
      try {
        return await Reflect.apply(client.query, client, args);
      } finally {
        client.release();
      }
    });
  }

  /** From now on the n-th statement of each transaction dies, or its COMMIT. */
  arm(at: number | 'COMMIT', death: Death): void {
    this.#at = at;
    this.#death = death;
    this.#fired = null;
    this.count = 0;
  }

  /** The statement that died since `arm`; null: none, every transaction ended before the n-th. */
  disarm(): string | null {
    this.#at = Number.POSITIVE_INFINITY;
    return this.#fired;
  }

  restore(): void {
    vi.restoreAllMocks();
  }

  #watch(client: pg.PoolClient): pg.PoolClient {
    let place = 0;
    const query = client.query.bind(client);
    const watched = (...args: unknown[]): unknown => {
      const text = textOf(args[0]);
      if (text === 'BEGIN') place = 0;
      if (text === 'ROLLBACK') return Reflect.apply(query, client, args);
      place += 1;
      this.count = Math.max(this.count, place);
      if (place !== this.#at && text !== this.#at) return Reflect.apply(query, client, args);
      this.#fired = text;
      if (this.#death === 'thrown') throw lost();
      if (this.#death === 'unheard')
        return Promise.resolve(Reflect.apply(query, client, args)).then(() => {
          throw lost();
        });
      const killed = kill(client);
      // A COPY is a stream that its writer needs at once; it must not come to its end before the connection does.
      if (text.startsWith('COPY ')) return endsAfter(Reflect.apply(query, client, args), killed);
      return killed.then(() => Reflect.apply(query, client, args));
    };
    Object.defineProperty(client, 'query', { value: watched, configurable: true });
    const release = client.release.bind(client);
    client.release = (error) => {
      Reflect.deleteProperty(client, 'query');
      client.release = release;
      release(error);
    };
    return client;
  }
}

async function kill(client: pg.PoolClient): Promise<void> {
  if (!('processID' in client)) throw new Error('The connection does not say which backend it has.');
  await db().query('SELECT pg_terminate_backend($1)', [client.processID]);
}

function endsAfter(copy: unknown, killed: Promise<void>): unknown {
  if (!(copy instanceof Writable)) throw new Error('A COPY is written to.');
  const final = copy._final.bind(copy);
  // The stream tells that its connection ended by the event alone: neither `errored` nor `destroyed` says so.
  let ended = false;
  copy.prependOnceListener('error', () => {
    ended = true;
  });
  copy._final = (callback) => {
    // Where the end of the connection was noticed first, there is nothing left to end.
    killed.then(() => (ended ? callback(lost()) : final(callback)), callback);
  };
  return copy;
}

function textOf(statement: unknown): string {
  if (typeof statement === 'string') return statement;
  if (typeof statement !== 'object' || statement === null || !('text' in statement)) return '';
  return String(statement.text);
}

/** As `pg` tells it when the server goes away. */
function lost(): Error {
  return Object.assign(new Error('terminating connection due to administrator command'), { code: '57P01' });
}
