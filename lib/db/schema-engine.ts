/**
 * Prisma's schema engine as WebAssembly: writes and applies migrations without the native engine that the CLI
 * would download. Loaded only when there is something to do; it weighs 6 MB.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { PrismaPg } from '@prisma/adapter-pg';
import {
  bindMigrationAwareSqlAdapterFactory,
  ColumnTypeEnum,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils';
import type { MigrationList, SchemaEngine } from '@prisma/schema-engine-wasm';

/** One folder of prisma/migrations. */
export interface Migration {
  /** `20261121090000_init`: sorts by time. */
  name: string;
  sql: string;
}

/** Nothing of the database is left out of a comparison. */
const NO_FILTER = { externalTables: [], externalEnums: [] };

let instantiated: Promise<typeof SchemaEngine> | undefined;

async function engineClass(): Promise<typeof SchemaEngine> {
  const bindings = await import('@prisma/schema-engine-wasm/schema_engine_bg');
  const here = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  const bytes = await readFile(join(dirname(here), 'schema_engine_bg.wasm'));
  const { instance } = await WebAssembly.instantiate(bytes, { './schema_engine_bg.js': { ...bindings } });
  bindings.__wbg_set_wasm(instance.exports);
  const start = instance.exports.__wbindgen_start;
  if (typeof start === 'function') start();
  return bindings.SchemaEngine;
}

type PgAdapter = Awaited<ReturnType<PrismaPg['connect']>>;

interface Session {
  adapters: PgAdapter[];
  /** What the server said of a script; the engine only tells that there was something. */
  fault: unknown;
}

/** What the engine asks of the catalogue that has PostgreSQL's type "char", which the adapter cannot read. */
const CHAR_COLUMNS: ReadonlySet<string> = new Set(['constraint_type', 'confdeltype', 'confupdtype']);

function readable(sql: string): string {
  return sql
    .replace('constr.contype AS constraint_type', 'constr.contype::text AS constraint_type')
    .replace(/\bcon\.(confdeltype|confupdtype),/g, 'con.$1::text AS $1,');
}

/**
 * Prisma's adapter, with two faults mended: it cuts a script at every ";" (also inside a function's body),
 * and it cannot look at a database that has check constraints.
 */
function adapterFactory(databaseUrl: string, session: Session): SqlMigrationAwareDriverAdapterFactory {
  const inner = new PrismaPg({ connectionString: databaseUrl, max: 4 });
  const whole = (adapter: PgAdapter) => {
    session.adapters.push(adapter);
    const queryRaw = adapter.queryRaw.bind(adapter);
    adapter.queryRaw = async (query) => {
      const result = await queryRaw({ ...query, sql: readable(query.sql) });
      const columnTypes = result.columnTypes.map((type, index) =>
        CHAR_COLUMNS.has(result.columnNames[index] ?? '') ? ColumnTypeEnum.Character : type,
      );
      return { ...result, columnTypes };
    };
    adapter.executeScript = async (script) => {
      try {
        await adapter.underlyingDriver().query(script);
      } catch (error) {
        session.fault ??= error;
        throw error;
      }
    };
    return adapter;
  };
  return {
    provider: inner.provider,
    adapterName: inner.adapterName,
    connect: async () => whole(await inner.connect()),
    connectToShadowDb: async () => whole(await inner.connectToShadowDb()),
  };
}

async function withEngine<T>(
  databaseUrl: string,
  datamodel: string | undefined,
  work: (engine: SchemaEngine) => Promise<T>,
): Promise<T> {
  instantiated ??= engineClass();
  const Engine = await instantiated;
  const session: Session = { adapters: [], fault: undefined };
  const adapters = bindMigrationAwareSqlAdapterFactory(adapterFactory(databaseUrl, session));
  const engine = await Engine.new(
    { datamodels: datamodel === undefined ? undefined : [['schema.prisma', datamodel]] },
    () => {},
    adapters,
  );
  try {
    return await work(engine);
  } catch (error) {
    throw session.fault ?? error;
  } finally {
    engine.free();
    // The engine leaves its connections open. It may have closed the shadow database's itself.
    await Promise.allSettled(session.adapters.map((adapter) => adapter.dispose()));
  }
}

/** Applies what is not applied yet, recording it in `_prisma_migrations` as the CLI would. Returns the names. */
export async function applyMigrations(
  databaseUrl: string,
  migrations: readonly Migration[],
): Promise<readonly string[]> {
  const migrationsList = listOf(migrations);
  return withEngine(databaseUrl, undefined, async (engine) => {
    const { appliedMigrationNames } = await engine.applyMigrations({ migrationsList, filters: NO_FILTER });
    return appliedMigrationNames;
  });
}

/** The SQL that leads from a database as it is to the schema; empty when they agree. */
export async function diffToSchema(databaseUrl: string, schema: string): Promise<string> {
  const files = [{ path: 'schema.prisma', content: schema }];
  const { stdout } = await withEngine(databaseUrl, schema, (engine) =>
    engine.diff({
      // "The datasource" is what the adapter is connected to.
      from: { tag: 'schemaDatasource', files, configDir: '.' },
      to: { tag: 'schemaDatamodel', files },
      script: true,
      exitCode: null,
      filters: NO_FILTER,
    }),
  );
  const sql = stdout ?? '';
  return /^\s*-- This is an empty migration\.\s*$/.test(sql) ? '' : sql;
}

function listOf(migrations: readonly Migration[]): MigrationList {
  return {
    baseDir: 'prisma/migrations',
    lockfile: { path: 'migration_lock.toml', content: 'provider = "postgresql"\n' },
    shadowDbInitScript: '',
    migrationDirectories: migrations.map(({ name, sql }) => ({
      path: name,
      migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: sql } },
    })),
  };
}
