import type { Client } from 'pg';
import { connectPipelined } from '@/lib/db/pool';
import { type NewDecision, storeDecisions } from './stored-decisions';

/**
 * Writes decisions on one connection of its own. What is sent while a statement is under way is there when that one ends, so the
 * server need not be woken for it.
 */
export class DecisionWriter {
  #connection: Promise<Client> | undefined;

  /** As `storeDecisions`; may be called while others are under way. A connection that failed is not used again. */
  async store(rows: readonly NewDecision[], oneEach: boolean): Promise<ReadonlySet<string> | null> {
    this.#connection ??= this.#connect();
    return storeDecisions(await this.#connection, rows, oneEach);
  }

  async close(): Promise<void> {
    const connection = this.#connection;
    this.#connection = undefined;
    await connection?.then((client) => client.end()).catch(() => {});
  }

  #connect(): Promise<Client> {
    const connection = connectPipelined();
    const drop = () => {
      if (this.#connection === connection) this.#connection = undefined;
    };
    connection.then((client) => client.on('error', drop).on('end', drop), drop);
    return connection;
  }
}
