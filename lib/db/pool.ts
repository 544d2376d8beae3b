import pg from 'pg';
import { config } from '@/lib/config';

// Counts and sums are bigint in PostgreSQL; ours stay far below 2^53.
const types = new pg.TypeOverrides();
types.setTypeParser(pg.types.builtins.INT8, (value) => Number(value));

/** How long a request waits for a connection, new or free, before its reader is told that the database is away. */
const CONNECT_MS = 5000;
/** No statement of a request, and no transaction that has gone quiet, holds its locks longer than this. */
const STATEMENT_MS = 60_000;

/** What the two pools of a process share: the one below and Prisma's. */
export function poolSettings(): pg.PoolConfig {
  return {
    connectionString: config().databaseUrl,
    max: 10,
    application_name: 'countersign',
    keepAlive: true,
    connectionTimeoutMillis: CONNECT_MS,
    // When the server fell silent and cannot say that the statement took too long.
    query_timeout: STATEMENT_MS + CONNECT_MS,
    // Not as start-up parameters, which connection poolers such as PgBouncer refuse.
    onConnect: async (client) => {
      await client.query(
        `SET statement_timeout = ${STATEMENT_MS}; SET idle_in_transaction_session_timeout = ${STATEMENT_MS}`,
      );
    },
  };
}

let pool: pg.Pool | undefined;

/** The one `pg` pool of this process: hand-written SQL of the hot paths, NOTIFY, migrations. */
export function db(): pg.Pool {
  if (pool === undefined) {
    pool = new pg.Pool({ ...poolSettings(), types });
    // An idle connection that the server closes must not end the process; the next query reconnects.
    pool.on('error', () => {});
  }
  return pool;
}

/**
 * A connection on which a statement may be sent while others are under way; they are run in that order, each a transaction of its
 * own. When the connection breaks all that are under way reject, and it emits `end`. Whoever asks for it ends it.
 */
export async function connectPipelined(): Promise<pg.Client> {
  const settings = poolSettings();
  const client = new pg.Client({ ...settings, types, pipeline: true });
  // Statements say what went wrong; an event that nobody hears would end the process.
  client.on('error', ignore);
  await client.connect();
  try {
    await settings.onConnect?.(client);
  } catch (error) {
    await client.end();
    throw error;
  }
  return client;
}

export async function closeDb(): Promise<void> {
  const closing = pool;
  pool = undefined;
  await closing?.end();
}

/** Runs `work` in one transaction: commits its result, rolls back on any throw. */
export async function transact<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await db().connect();
  // A connection that the server closes says so twice: to the statement under way, which rejects, and as an event that would
  // end the process if nobody listened.
  client.on('error', ignore);
  const release = (broken?: Error | boolean) => {
    client.removeListener('error', ignore);
    client.release(broken);
  };
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    release();
    return result;
  } catch (error) {
    // A client whose ROLLBACK fails is broken: hand it back as such.
    await client.query('ROLLBACK').then(
      () => release(),
      (broken: unknown) => release(broken instanceof Error ? broken : true),
    );
    throw error;
  }
}

function ignore(): void {}
