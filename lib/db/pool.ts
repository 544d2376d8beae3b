import pg from 'pg';
import { config } from '@/lib/config';

// Counts and sums are bigint in PostgreSQL; ours stay far below 2^53.
const types = new pg.TypeOverrides();
types.setTypeParser(pg.types.builtins.INT8, (value) => Number(value));

let pool: pg.Pool | undefined;

/** The one `pg` pool of this process: hand-written SQL of the hot paths, NOTIFY, migrations. */
export function db(): pg.Pool {
  if (pool === undefined) {
    pool = new pg.Pool({
      connectionString: config().databaseUrl,
      max: 10,
      application_name: 'countersign',
      types,
    });
    // An idle connection that the server closes must not end the process; the next query reconnects.
    pool.on('error', () => {});
  }
  return pool;
}

export async function closeDb(): Promise<void> {
  const closing = pool;
  pool = undefined;
  await closing?.end();
}

/** Runs `work` in one transaction: commits its result, rolls back on any throw. */
export async function transact<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await db().connect();
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    client.release();
    return result;
  } catch (error) {
    // A client whose ROLLBACK fails is broken: hand it back as such.
    await client.query('ROLLBACK').then(
      () => client.release(),
      (broken: unknown) => client.release(broken instanceof Error ? broken : true),
    );
    throw error;
  }
}
