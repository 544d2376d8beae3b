import type { PoolClient } from 'pg';

type Client = Pick<PoolClient, 'query'>;

/**
 * The mark, as SQL: every entry up to it has its link, and no transaction under way can add one there. Above it an entry
 * may be linked, may wait, or may not be committed yet.
 */
export const SETTLED = 'COALESCE((SELECT settled FROM audit_mark), 0)';

/** How far numbers were given out at a moment, and which transactions could have taken one by then. */
interface Sight {
  drawn: number;
  /** Transactions that hold the table's lock for writing, by their virtual ids. */
  writers: ReadonlySet<string>;
}

/**
 * What a sealer remembers from one pass to the next, to tell how far the mark may move. Each process has its own; one that
 * remembers nothing seals as well, and moves the mark only when nobody writes.
 */
export interface SealMemory {
  earlier: Sight | null;
}

export interface Bounds {
  /** The mark: look for work above it. */
  settled: number;
  /** Where the mark may stand once everything visible is linked. */
  next: number;
}

/** Where to look for work, and how far the mark may move after it; null when there is none. Called before looking. */
export async function boundsOf(client: Client, memory: SealMemory): Promise<Bounds | null> {
  const mark = await client.query<{ settled: number; drawn: number }>(
    `SELECT ${SETTLED} AS settled, CASE WHEN is_called THEN last_value ELSE last_value - 1 END AS drawn
       FROM audit_entry_id_seq`,
  );
  const { settled, drawn } = mark.rows[0] ?? { settled: 0, drawn: 0 };
  if (drawn <= settled) return null;
  // Read after `drawn`. Who takes a number locks the table before and until its end: who took one up to `drawn` is in here
  // or has ended. A transaction that was prepared for a two-phase commit changes its virtual id to one that begins with -1.
  const locks = await client.query<{ writer: string }>(
    `SELECT virtualtransaction AS writer FROM pg_locks
      WHERE locktype = 'relation' AND mode = 'RowExclusiveLock' AND granted AND relation = 'audit_entry'::regclass
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
  );
  const writers = new Set(locks.rows.map(({ writer }) => writer));
  const { earlier } = memory;
  if (writers.size === 0) {
    memory.earlier = null;
    return { settled, next: drawn };
  }
  const ended =
    earlier !== null &&
    [...writers].every((writer) => !earlier.writers.has(writer) && !writer.startsWith('-1/'));
  // One that is waited for stays the one, so that it is reached under any load.
  if (earlier === null || ended) memory.earlier = { drawn, writers };
  return { settled, next: ended ? Math.max(settled, Math.min(earlier.drawn, drawn)) : settled };
}

/** Moves the mark on, never back. Called when everything that was visible after `boundsOf` up to `next` is linked. */
export async function moveMark(client: Client, { settled, next }: Bounds): Promise<void> {
  if (next === settled) return;
  await client.query(
    // Nothing waits for the disk: a mark that is lost in a crash is an older one, and the links before it are written before.
    `INSERT INTO audit_mark AS m (settled) SELECT $1::bigint WHERE set_config('synchronous_commit', 'off', true) = 'off'
     ON CONFLICT (single) DO UPDATE SET settled = excluded.settled WHERE m.settled < excluded.settled`,
    [next],
  );
}
