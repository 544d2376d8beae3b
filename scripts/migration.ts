/**
 * Writes the SQL of a new migration from what changed in prisma/schema.prisma.
 *
 *   npm run db:migration -- add-approvals    a new folder in prisma/migrations, to read and complete by hand
 */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbedded } from '@/lib/db/embedded';
import { migrate, readMigrations } from '@/lib/db/migrate';
import { diffToSchema, type Migration } from '@/lib/db/schema-engine';

const FOLDER = 'prisma/migrations';

async function main(): Promise<void> {
  const [argument] = process.argv.slice(2);
  if (argument === undefined || !/^[a-z0-9][a-z0-9-]*$/.test(argument)) {
    console.error(
      'Name it by what it does, in lower case with hyphens: npm run db:migration -- add-approvals',
    );
    process.exitCode = 2;
    return;
  }
  const schema = await readFile('prisma/schema.prisma', 'utf8');
  const all = await readMigrations();
  const folder = await mkdtemp(join(tmpdir(), 'countersign-migration-'));
  const server = await startEmbedded({ folder, disposable: true });
  try {
    await server.ensureDatabase('before');
    await migrate(server.url('before'), () => {}, all);
    const diff = await diffToSchema(server.url('before'), schema);
    if (diff === '') {
      console.log('The schema and the migrations agree; there is nothing to write.');
      return;
    }
    const migration: Migration = { name: `${stamp(new Date())}_${argument}`, sql: `${diff.trim()}\n` };
    await server.ensureDatabase('proof');
    await migrate(server.url('proof'), () => {}, [...all, migration]);
    await mkdir(join(FOLDER, migration.name), { recursive: true });
    await writeFile(join(FOLDER, migration.name, 'migration.sql'), migration.sql);
    console.log(`Wrote ${FOLDER}/${migration.name}/migration.sql, and applied it to an empty database.`);
  } finally {
    await server.stop('immediate');
    await rm(folder, { recursive: true, force: true });
  }
}

/** 20261121093000, in UTC: folders sort by it. */
function stamp(at: Date): string {
  return at.toISOString().replace(/\D/g, '').slice(0, 14);
}

await main();
