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
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 10_000 });
  await client.connect().catch((cause: unknown) => {
    throw new Error(`The database (DATABASE_URL) is out of reach: ${reasonOf(cause)}`, { cause });
  });
  try {
    await checkServer(client);
    if ((await pending(client, wanted)).length === 0) return [];
    await client.query('SELECT pg_advisory_lock($1)', [LOCK]);
    const missing = await pending(client, wanted);
    if (missing.length === 0) return [];
    onProgress(`Applying ${missing.length === 1 ? 'migration' : 'migrations'} ${missing.join(', ')}`);
    const { applyMigrations } = await import('./schema-engine');
    return await applyMigrations(databaseUrl, wanted);
  } finally {
    // Ending the session also gives the lock back.
    await client.end();
  }
}

async function checkServer(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ number: string; version: string }>(
    "SELECT current_setting('server_version_num') AS number, current_setting('server_version') AS version",
  );
  const server = rows[0];
  if (server === undefined || Number(server.number) < LEAST_SERVER)
    throw new Error(
      `Countersign needs PostgreSQL 15 or newer; this server is ${server?.version ?? 'unknown'}.`,
    );
}

/** Names of the wanted migrations that the database does not have yet. */
async function pending(client: pg.Client, wanted: readonly Migration[]): Promise<string[]> {
  const { rows: tables } = await client.query<{ found: boolean }>(
    "SELECT to_regclass('_prisma_migrations') IS NOT NULL AS found",
  );
  if (tables[0]?.found !== true) return wanted.map(({ name }) => name);
  const { rows } = await client.query<{ name: string; checksum: string; finished: boolean }>(
    `SELECT migration_name AS name, checksum, finished_at IS NOT NULL AS finished
       FROM _prisma_migrations WHERE rolled_back_at IS NULL ORDER BY started_at`,
  );
  const known = new Map(wanted.map((migration) => [migration.name, migration]));
  for (const row of rows) {
    const migration = known.get(row.name);
    if (migration === undefined)
      throw new Error(
        `The database has the migration ${row.name}, which this version of Countersign does not know. ` +
          'It was last used by a newer version: start that one.',
      );
    if (!row.finished)
      throw new Error(
        `The migration ${row.name} failed halfway in this database. ` +
          'Restore the backup from before the upgrade (docs/operations.md, "Upgrading").',
      );
    if (row.checksum !== createHash('sha256').update(migration.sql).digest('hex'))
      throw new MigrationEdited(row.name);
  }
  const applied = new Set(rows.map(({ name }) => name));
  return wanted.flatMap(({ name }) => (applied.has(name) ? [] : [name]));
}

function reasonOf(error: unknown): string {
  // Node tries every address of a host and reports them together, each with its own message.
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}
