/**
 * For working on Countersign: an embedded PostgreSQL in .data/dev (or COUNTERSIGN_DATA), `next dev` and the runtime
 * plane, both reloading on change. `npm run dev -- --database` starts the database alone.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import pg from 'pg';
import { type EmbeddedServer, startEmbedded } from '@/lib/db/embedded';
import { MigrationEdited, migrate } from '@/lib/db/migrate';
import { lock, writable } from './instance/folder';

const FOLDER = resolve(process.env.COUNTERSIGN_DATA || '.data/dev');
const DATABASE = 'countersign';

async function main(): Promise<void> {
  await writable(FOLDER);
  const unlock = await lock(FOLDER);
  const server = await startEmbedded({ folder: FOLDER, onProgress: console.log });
  await server.ensureDatabase(DATABASE);
  try {
    await migrate(server.url(DATABASE), console.log);
  } catch (error) {
    if (!(error instanceof MigrationEdited)) throw error;
    console.log('The first migration was rewritten: starting with an empty database.');
    await drop(server);
    await server.ensureDatabase(DATABASE);
    await migrate(server.url(DATABASE), console.log);
  }
  const databaseUrl = server.url(DATABASE);
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    DATABASE_URL: databaseUrl,
    COUNTERSIGN_SECRET: await keptSecret(),
    COUNTERSIGN_DEMO: process.env.COUNTERSIGN_DEMO ?? 'on',
    COUNTERSIGN_ALLOW_PRIVATE_WEBHOOKS: 'on',
    NEXT_TELEMETRY_DISABLED: '1',
  };
  await writeFile(
    join(FOLDER, 'env'),
    `export DATABASE_URL='${databaseUrl}'\nexport COUNTERSIGN_SECRET='${env.COUNTERSIGN_SECRET}'\n`,
    { mode: 0o600 },
  );
  console.log(`DATABASE_URL=${databaseUrl}\n(also in ${join(FOLDER, 'env')}, to source)`);

  const children: ChildProcess[] = [];
  const stop = async () => {
    await Promise.all(children.map(end));
    await server.stop();
    await unlock();
    process.exit(0);
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  if (process.argv.includes('--database')) {
    setInterval(() => {}, 60_000);
    return;
  }
  children.push(
    run('node_modules/next/dist/bin/next', ['dev', '-p', process.env.COUNTERSIGN_PORT ?? '3000'], env),
    run('node_modules/tsx/dist/cli.mjs', ['watch', 'runtime/main.ts'], env),
  );
}

function run(script: string, args: readonly string[], env: NodeJS.ProcessEnv): ChildProcess {
  return spawn(process.execPath, [script, ...args], { env, stdio: 'inherit', detached: true });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.pid === undefined) return;
  const ended = new Promise((done) => child.once('exit', done));
  process.kill(-child.pid, 'SIGTERM');
  await ended;
}

async function drop(server: EmbeddedServer): Promise<void> {
  const client = new pg.Client({ connectionString: server.url('postgres') });
  await client.connect();
  await client.query(`DROP DATABASE ${DATABASE} WITH (FORCE)`);
  await client.end();
}

async function keptSecret(): Promise<string> {
  const file = join(FOLDER, 'secret');
  const kept = await readFile(file, 'utf8').catch(() => '');
  if (kept !== '') return kept;
  const secret = randomBytes(32).toString('hex');
  await writeFile(file, secret, { mode: 0o600 });
  return secret;
}

await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
