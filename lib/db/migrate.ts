import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import pg from 'pg';
import type { Migration } from './schema-engine';

/** Two starts at once: the second waits for the first on this advisory lock (any fixed number will do). */
const LOCK = 7_260_418_011;
/** `DATABASE_URL` may name any PostgreSQL from here on (15, as `server_version_num` counts). */
const LEAST_SERVER = 150_000;

/** An applied migration's file has changed since: the database and the code do not belong together. */
export class MigrationEdited extends Error {
  constructor(readonly migration: string) {
    super(
      `The database was built with another text of the migration ${migration}. ` +
        'Use the version of Countersign that built it, or an empty database.',
    );
    this.name = 'MigrationEdited';
  }
}

/** The migrations of the folder in the order they apply. */
export async function readMigrations(folder = resolve('prisma/migrations')): Promise<Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).sort();
  return Promise.all(
    names.map(async (name) => ({ name, sql: await readFile(join(folder, name, 'migration.sql'), 'utf8') })),
  );
}

/** Throws when a database is out of reach or too old. */
export async function checkDatabase(databaseUrl: string): Promise<void> {
  await (await connectTo(databaseUrl)).end();
}

/** A connection to a server that will do. */
async function connectTo(databaseUrl: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 10_000 });
  await client.connect().catch((cause: unknown) => {
    throw new Error(`The database (DATABASE_URL) is out of reach: ${reasonOf(cause)}`, { cause });
  });
  // Whatever ends the connection also rejects the query that waits on it.
  client.on('error', () => {});
  try {
    await checkServer(client);
  } catch (error) {
    await client.end();
    throw error;
  }
  return client;
}

/**
 * Brings a database to the schema this code expects; a database that is there already costs one query.
 * Returns the names applied. Throws when it is out of reach, too old, or was written by a newer or another version.
 */
export async function migrate(
  databaseUrl: string,
  onProgress: (line: string) => void = () => {},
  migrations?: readonly Migration[],
): Promise<readonly string[]> {
  const wanted = migrations ?? (await readMigrations());
  const client = await connectTo(databaseUrl);
  try {
    if (agree(await recorded(client), wanted)) return [];
    await client.query('SELECT pg_advisory_lock($1)', [LOCK]);
    // Only now: what looks unfinished or unknown without the lock may be another start's work in progress.
    await forgetUnfinished(client);
    const missing = pending(await recorded(client), wanted);
    if (missing.length === 0) return [];
    onProgress(`Applying ${missing.length === 1 ? 'migration' : 'migrations'} ${missing.join(', ')}`);
    const { applyMigrations } = await import('./schema-engine');
    return await applyMigrations(databaseUrl, wanted).catch((cause: unknown) => {
      throw new Error(`A migration failed and was undone (${missing.join(', ')}): ${reasonOf(cause)}`, {
        cause,
      });
    });
  } finally {
    // Ending the session also gives the lock back.
    await client.end();
  }
}

async function checkServer(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ number: string; version: string }>(
    "SELECT current_setting('server_version_num') AS number, current_setting('server_version') AS version",
  );
  const refusal = refusalOf(rows[0]?.number ?? '', rows[0]?.version ?? 'unknown');
  if (refusal !== null) throw new Error(refusal);
}

/** Why a server will not do, or null; `number` is its `server_version_num` (150018 is 15.18), `version` how it names itself. */
export function refusalOf(number: string, version: string): string | null {
  if (/^\d+$/.test(number) && Number(number) >= LEAST_SERVER) return null;
  return `Countersign needs PostgreSQL 15 or newer; the server that DATABASE_URL names is ${version}.`;
}

interface Recorded {
  name: string;
  /** SHA-256 of the file as it was applied, hex. */
  checksum: string;
  finished: boolean;
}

/** What the database says was applied to it, in that order. */
async function recorded(client: pg.Client): Promise<readonly Recorded[]> {
  const { rows: tables } = await client.query<{ found: boolean }>(
    "SELECT to_regclass('_prisma_migrations') IS NOT NULL AS found",
  );
  if (tables[0]?.found !== true) return [];
  const { rows } = await client.query<Recorded>(
    `SELECT migration_name AS name, checksum, finished_at IS NOT NULL AS finished
       FROM _prisma_migrations WHERE rolled_back_at IS NULL ORDER BY started_at`,
  );
  return rows;
}

function agree(rows: readonly Recorded[], wanted: readonly Migration[]): boolean {
  const applied = new Map(rows.map((row) => [row.name, row]));
  return (
    rows.length === wanted.length &&
    wanted.every((migration) => {
      const row = applied.get(migration.name);
      return row?.finished === true && row.checksum === checksumOf(migration);
    })
  );
}

/**
 * A migration that failed, or whose start was killed, has left nothing but its record: a script is one transaction.
 * Marked as rolled back it is applied anew.
 */
async function forgetUnfinished(client: pg.Client): Promise<void> {
  if ((await recorded(client)).every(({ finished }) => finished)) return;
  await client.query(
    'UPDATE _prisma_migrations SET rolled_back_at = now() WHERE finished_at IS NULL AND rolled_back_at IS NULL',
  );
}

/** Names of the wanted migrations that the database lacks. Throws when what it has does not belong to them. */
function pending(rows: readonly Recorded[], wanted: readonly Migration[]): string[] {
  const known = new Map(wanted.map((migration) => [migration.name, migration]));
  for (const row of rows) {
    const migration = known.get(row.name);
    if (migration === undefined)
      throw new Error(
        `The database has the migration ${row.name}, which this version of Countersign does not know. ` +
          'It was last used by a newer version: start that one.',
      );
    if (row.checksum !== checksumOf(migration)) throw new MigrationEdited(row.name);
  }
  const applied = new Set(rows.map(({ name }) => name));
  return wanted.flatMap(({ name }) => (applied.has(name) ? [] : [name]));
}

function checksumOf({ sql }: Migration): string {
  return createHash('sha256').update(sql).digest('hex');
}

function reasonOf(error: unknown): string {
  // Node tries every address of a host and reports them together, each with its own message.
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}
