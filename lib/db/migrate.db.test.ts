import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import pg from 'pg';
import { afterEach, describe, expect, it } from 'vitest';
import { config } from '@/lib/config';
import { givenAgent, givenKey, givenPerson, givenWorkspace } from '@/lib/services/testing/given';
import { MigrationEdited, migrate, readMigrations, refusalOf } from './migrate';
import { db } from './pool';
import { diffToSchema } from './schema-engine';

const made: string[] = [];

/** A database of this server with nothing in it. */
async function emptyDatabase(): Promise<string> {
  const name = `empty_${randomBytes(6).toString('hex')}`;
  await db().query(`CREATE DATABASE ${name}`);
  made.push(name);
  const url = new URL(config().databaseUrl);
  url.pathname = `/${name}`;
  return url.href;
}

async function inside<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

afterEach(async () => {
  for (const name of made.splice(0)) await db().query(`DROP DATABASE ${name} WITH (FORCE)`);
});

describe('a server', () => {
  it.each([
    ['150000', '15.0'],
    ['150018', '15.18 (Debian 15.18-0+deb12u1)'],
    ['180001', '18.1'],
  ])('is good from PostgreSQL 15 on: %s', (number, version) => {
    expect(refusalOf(number, version)).toBeNull();
  });

  it.each([
    ['140019', '14.19'],
    ['90624', '9.6.24'],
    ['', 'unknown'],
  ])('is refused by its name when it is older: %s', (number, version) => {
    expect(refusalOf(number, version)).toContain(
      `PostgreSQL 15 or newer; the server that DATABASE_URL names is ${version}.`,
    );
  });
});

describe('migrations', () => {
  it('lead exactly to the schema', async () => {
    const schema = await readFile('prisma/schema.prisma', 'utf8');
    const difference = await diffToSchema(config().databaseUrl, schema);
    expect(difference).toBe('');
  });

  it('apply one by one, each over rows in every table that the one before left', async () => {
    const url = await emptyDatabase();
    const migrations = await readMigrations();
    for (let count = 1; count <= migrations.length; count += 1) {
      await migrate(url, () => {}, migrations.slice(0, count));
      await inside(url, fillEmptyTables);
    }
    const empty = await inside(url, emptyTables);
    expect(empty).toEqual([]);
  });

  it('are applied once, and a database that has them all costs nothing', async () => {
    const url = await emptyDatabase();
    const said: string[] = [];
    const first = await migrate(url, (line) => said.push(line));
    expect(first).toEqual((await readMigrations()).map(({ name }) => name));
    expect(said).toHaveLength(1);
    expect(await migrate(url, (line) => said.push(line))).toEqual([]);
    expect(said).toHaveLength(1);
  });

  it('are applied once by many starts at the same time', async () => {
    const url = await emptyDatabase();
    // One after another while the first is at work, so that some find it half done.
    const starts = Array.from({ length: 12 }, async (_, index) => {
      await new Promise((done) => setTimeout(done, index * 20));
      return migrate(url);
    });
    expect((await Promise.all(starts)).flat()).toHaveLength((await readMigrations()).length);
  });

  it('are refused when an applied one was edited since, or the database comes from a newer version', async () => {
    const url = await emptyDatabase();
    const migrations = await readMigrations();
    await migrate(url);
    const edited = migrations.map((migration) => ({ ...migration, sql: `${migration.sql}\n-- edited` }));
    await expect(migrate(url, () => {}, edited)).rejects.toThrow(MigrationEdited);
    await expect(migrate(url, () => {}, [])).rejects.toThrow(/newer version/);
  });

  it('that fail leave nothing behind, and are applied when they are mended', async () => {
    const url = await emptyDatabase();
    const broken = [{ name: '20260101000000_broken', sql: 'CREATE TABLE half (); CREATE TABLE oops (' }];
    await expect(migrate(url, () => {}, broken)).rejects.toThrow(/syntax error/);
    expect(await inside(url, emptyTables)).toEqual([]);
    const mended = [{ name: '20260101000000_broken', sql: 'CREATE TABLE half (); CREATE TABLE whole ();' }];
    expect(await migrate(url, () => {}, mended)).toEqual(['20260101000000_broken']);
    expect((await inside(url, emptyTables)).sort()).toEqual(['half', 'whole']);
  });

  it('say so when the database is out of reach', async () => {
    await expect(migrate('postgresql://nobody@127.0.0.1:1/none')).rejects.toThrow(
      /out of reach.*ECONNREFUSED/,
    );
  });
});

describe('what was agreed and what was done', () => {
  it('refuses to change a contract version', async () => {
    const agent = await givenAgent(await givenWorkspace());
    const change = db().query(`UPDATE contract_version SET document = '{}' WHERE id = $1`, [
      agent.version.id,
    ]);
    await expect(change).rejects.toThrow(/UPDATE of contract_version is refused/);
    const removal = db().query('DELETE FROM contract_version WHERE id = $1', [agent.version.id]);
    await expect(removal).rejects.toThrow(/DELETE of contract_version is refused/);
  });

  it('refuses to change, delete or truncate the audit log', async () => {
    const workspace = await givenWorkspace();
    await db().query(
      `INSERT INTO audit_entry (workspace_id, actor, actor_name, action, subject)
       VALUES ($1, 'system', 'Countersign', 'test.done', 'test:1')`,
      [workspace.id],
    );
    await expect(db().query(`UPDATE audit_entry SET action = 'x'`)).rejects.toThrow(/refused/);
    await expect(db().query('DELETE FROM audit_entry')).rejects.toThrow(/refused/);
    await expect(db().query('TRUNCATE audit_entry')).rejects.toThrow(/refused/);
  });

  it('numbers the workspace defaults once each', async () => {
    const workspace = await givenWorkspace();
    const insert = () =>
      db().query(
        `INSERT INTO contract_version (id, workspace_id, number, digest, document, source, source_format)
         VALUES (gen_random_uuid(), $1, 1, repeat('0', 64), '{}', '', 'json')`,
        [workspace.id],
      );
    await insert();
    await expect(insert()).rejects.toThrow(/contract_version_defaults_number_key/);
  });
});

describe('given rows', () => {
  it('make a workspace with people, keys and an agent under contract', async () => {
    const workspace = await givenWorkspace();
    const operator = await givenPerson(workspace, ['operator']);
    const agent = await givenAgent(workspace);
    const key = await givenKey(workspace, ['ingest', 'decide'], agent);
    expect(operator.workspaceId).toBe(workspace.id);
    expect(key.actor.agentId).toBe(agent.id);
    expect(agent.version.contract.identity.agent).toBe(agent.name);
  });
});

interface Column {
  name: string;
  type: string;
  nullable: boolean;
  hasDefault: boolean;
  /** Table and column it refers to. */
  refers: { table: string; column: string } | null;
  /** Values its check constraint allows, if it enumerates them. */
  allowed: readonly string[];
}

/** Puts one row into each table that has none, following foreign keys, whatever the schema is at that point. */
async function fillEmptyTables(client: pg.Client): Promise<void> {
  const waiting = new Set(await emptyTables(client));
  for (let progress = true; progress && waiting.size > 0; ) {
    progress = false;
    for (const table of waiting) {
      const columns = await columnsOf(client, table);
      const needed = columns.filter((column) => !column.nullable && !column.hasDefault);
      const blocked = needed.some(({ refers }) => refers !== null && waiting.has(refers.table));
      if (blocked) continue;
      // What may stay empty refers to a row all the same where there is one: some checks ask for that, some for one of two.
      const optional = columns.filter((each) => !needed.includes(each));
      const spare = optional.filter((each) => refersTo(each, waiting));
      await insertOne(client, table, [[...needed, ...spare], ...optional.map((one) => [...needed, one])]);
      waiting.delete(table);
      progress = true;
    }
  }
}

/** Whether it refers to a table that has a row. */
function refersTo({ refers }: Column, waiting: ReadonlySet<string>): boolean {
  return refers !== null && !waiting.has(refers.table);
}

/** Inserts a row of the first choice of columns that the table's checks allow. */
async function insertOne(client: pg.Client, table: string, [columns, ...others]: Column[][]): Promise<void> {
  if (columns === undefined) throw new Error(`No row fits the checks of ${table}.`);
  try {
    await client.query(
      `INSERT INTO "${table}" (${columns.map(({ name }) => `"${name}"`).join(', ')})
       VALUES (${columns.map(valueFor).join(', ')})`,
    );
  } catch (error) {
    if (others.length === 0) throw error;
    await insertOne(client, table, others);
  }
}

async function emptyTables(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class
      WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> '_prisma_migrations'`,
  );
  const empty: string[] = [];
  for (const { name } of rows) {
    const found = await client.query(`SELECT 1 FROM "${name}" LIMIT 1`);
    if (found.rowCount === 0) empty.push(name);
  }
  return empty;
}

async function columnsOf(client: pg.Client, table: string): Promise<Column[]> {
  const { rows } = await client.query<{
    name: string;
    type: string;
    nullable: boolean;
    hasDefault: boolean;
    refersTable: string | null;
    refersColumn: string | null;
    checks: string[];
  }>(
    `SELECT a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type,
            NOT a.attnotnull AS nullable, a.atthasdef OR a.attidentity <> '' AS "hasDefault",
            f.confrelid::regclass::text AS "refersTable", ra.attname::text AS "refersColumn",
            ARRAY(SELECT pg_get_constraintdef(c.oid) FROM pg_constraint c
                   WHERE c.conrelid = a.attrelid AND c.contype = 'c' AND c.conkey = ARRAY[a.attnum]) AS checks
       FROM pg_attribute a
       LEFT JOIN pg_constraint f ON f.conrelid = a.attrelid AND f.contype = 'f' AND a.attnum = ANY (f.conkey)
       LEFT JOIN pg_attribute ra ON ra.attrelid = f.confrelid
             AND ra.attnum = f.confkey[array_position(f.conkey, a.attnum)]
      WHERE a.attrelid = format('%I', $1::text)::regclass AND a.attnum > 0 AND NOT a.attisdropped`,
    [table],
  );
  return rows.map((row) => ({
    name: row.name,
    type: row.type,
    nullable: row.nullable,
    hasDefault: row.hasDefault,
    refers:
      row.refersTable === null || row.refersColumn === null
        ? null
        : { table: row.refersTable.replaceAll('"', ''), column: row.refersColumn },
    allowed: row.checks.flatMap((check) =>
      [...check.matchAll(/'([a-z-]+)'::text/g)].map(([, value = '']) => value),
    ),
  }));
}

/** An SQL expression that fits the column. */
function valueFor({ name, type, refers, allowed }: Column): string {
  if (refers !== null) return `(SELECT "${refers.column}" FROM "${refers.table}" LIMIT 1)`;
  if (allowed[0] !== undefined) return `'${allowed[0]}'`;
  if (name === 'digest') return `repeat('0', 64)`;
  // Below the share it is held against.
  if (name === 'draw') return '0';
  if (type === 'uuid') return 'gen_random_uuid()';
  if (type === 'text') return `'some'`;
  if (type === 'bytea') return `'\\x00112233'`;
  if (type === 'jsonb' || type === 'json') return `'{}'`;
  if (name === 'ends_at') return `now() + interval '1 hour'`;
  if (type.startsWith('timestamp')) return 'now()';
  if (type.endsWith('[]')) return `'{}'`;
  if (type === 'date') return 'current_date';
  if (type === 'boolean') return 'false';
  return '1';
}
