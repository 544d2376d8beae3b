/**
 * Runs before each integration test file: gives it a migrated database of its own and points the
 * environment at it before any module of the product loads. Dropped when the file is done.
 */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, inject } from 'vitest';

const template = new URL(inject('templateUrl'));
const name = `test_${randomBytes(6).toString('hex')}`;

const own = new URL(template);
own.pathname = `/${name}`;
process.env.DATABASE_URL = own.href;
process.env.COUNTERSIGN_SECRET = randomBytes(32).toString('hex');
process.env.COUNTERSIGN_TEST_PLANE = inject('planeScript');
await copyTemplate();

afterAll(async () => {
  const { closeDb } = await import('@/lib/db/pool');
  const { closeListener } = await import('@/lib/db/listen');
  await closeListener();
  await closeDb();
  await globalThis.countersignPrisma?.$disconnect();
  await onServer(`DROP DATABASE ${name} WITH (FORCE)`);
});

/** A copy of its files that the system makes itself is several times quicker; not every file system can. */
async function copyTemplate(): Promise<void> {
  const create = `CREATE DATABASE ${name} TEMPLATE template`;
  await onServer('SET file_copy_method = clone', `${create} STRATEGY file_copy`).catch(() =>
    onServer(create),
  );
}

async function onServer(...statements: string[]): Promise<void> {
  const admin = new URL(template);
  admin.pathname = '/postgres';
  const client = new pg.Client({ connectionString: admin.href });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}
