import type { PoolClient } from 'pg';
import { db } from '@/lib/db/pool';
import { type NewDecision, storeDecisions } from './stored-decisions';

/** Writes one statement after the other on a connection of its own: borrowing one for each costs as much as sending it. */
export class DecisionWriter {
  #client: PoolClient | undefined;

  /** As `storeDecisions`; called again only when the last call has ended. A connection that failed is not used again. */
  async store(rows: readonly NewDecision[], oneEach: boolean): Promise<ReadonlySet<string> | null> {
    const client = this.#client ?? (await this.#connect());
    try {
      return await storeDecisions(client, rows, oneEach);
    } catch (error) {
      this.#drop(client);
      throw error;
    }
  }

  close(): void {
    this.#client?.removeAllListeners('error').release();
    this.#client = undefined;
  }

  async #connect(): Promise<PoolClient> {
    const client = await db().connect();
    // It broke between two statements; an error without a listener would end the process.
    client.on('error', () => this.#drop(client));
    this.#client = client;
    return client;
  }

  #drop(client: PoolClient): void {
    if (this.#client !== client) return;
    this.#client = undefined;
    client.release(true);
  }
}
