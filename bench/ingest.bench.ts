/**
 * Spans stored per second by one runtime plane, end to end: a load generator in its own process posts protobuf bodies
 * prepared beforehand; each is decoded, recognised, judged, deduplicated and committed before its 200. Beside it, on the
 * same server and the same rows: a bare COPY into an identical empty table, and Prisma's createMany.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { build } from 'esbuild';
import pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { freePort, startEmbedded } from '@/lib/db/embedded';
import { migrate } from '@/lib/db/migrate';
import { RUNTIME_FLAGS } from '@/scripts/instance/runtime-flags';
import { makeBodies, pack } from './ingest-bodies';
import type { Line } from './support/line';

const SPANS = Number(process.env.BENCH_SPANS ?? 200_000);
const CONNECTIONS = 32;
/** After one in which the plane's code is compiled. Ours and the bare COPY take turns: machines are not equally fast all the time. */
const ROUNDS = 5;
const PRISMA_ROWS = 20_000;
const PRISMA_BATCH = 2000;

async function run(): Promise<Line[]> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-bench-ingest-'));
  const server = await startEmbedded({ folder });
  try {
    await server.ensureDatabase('bench');
    const url = server.url('bench');
    await migrate(url);
    process.env.DATABASE_URL = url;
    process.env.COUNTERSIGN_SECRET = 'bench'.repeat(8);
    return await measureAll(url, folder);
  } finally {
    await server.stop('immediate');
    await rm(folder, { recursive: true, force: true });
  }
}

async function measureAll(url: string, folder: string): Promise<Line[]> {
  const { givenAgent, givenKey, givenVersion, givenWorkspace } = await import('@/lib/services/testing/given');
  const { aContract } = await import('@/lib/services/testing/a-contract');
  const workspace = await givenWorkspace();
  await givenVersion(workspace, null);
  // Room for the figures of these runs: what is measured is intake, not incidents.
  const contract = aContract({
    authority: { defaults: { read: 'alone', write: 'alone', transact: 'alone' }, rules: [] },
    tools: { 'orders.get': { action: 'read', categories: ['customer-contact'] } },
    cost: { perRun: 5, perDay: 1e6, perMonth: 1e7, tokensPerRun: 1e6, callsPerRun: 100, repeatedCalls: 5 },
    risk: { thresholds: { medium: 100, high: 300, critical: 600 } },
  });
  await givenAgent(workspace, contract);
  const key = await givenKey(workspace, ['ingest']);
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  const { bodies, spans, runs } = await makeBodies(SPANS);
  const file = join(folder, 'bodies');
  await writeFile(file, pack(bodies));
  const size = bodies.reduce((sum, body) => sum + body.length, 0);
  console.error(
    `${spans} spans of ${runs} runs in ${bodies.length} bodies, ${Math.round(size / spans)} bytes a span`,
  );

  const port = await freePort();
  const entry = await bundle(folder);
  const plane = await startPlane(entry, url, port);
  const rounds: { ours: number; bare: number }[] = [];
  try {
    let rows: Buffer | undefined;
    for (let round = 0; round <= ROUNDS; round += 1) {
      await emptyTables(client);
      await client.query('CHECKPOINT');
      const cpuBefore = await cpuSeconds(plane.pid);
      const seconds = await load(file, `http://127.0.0.1:${port}/v1/traces`, key.secret);
      const cpu = (1e6 * ((await cpuSeconds(plane.pid)) - cpuBefore)) / spans;
      const stored = await client.query<{ spans: number; runs: number }>(
        'SELECT (SELECT count(*) FROM span)::int AS spans, (SELECT count(*) FROM run)::int AS runs',
      );
      if (stored.rows[0]?.spans !== spans || stored.rows[0]?.runs !== runs)
        throw new Error(`stored ${JSON.stringify(stored.rows[0])} of ${spans} spans, ${runs} runs`);
      rows ??= await readRows(client);
      const copied = await bareCopy(client, rows);
      if (round > 0) rounds.push({ ours: seconds, bare: copied });
      console.error(
        `${round === 0 ? 'warm-up' : `round ${round}`}: ${Math.round(spans / seconds)} spans/s, plane ${cpu.toFixed(1)} µs CPU a span, bare COPY ${Math.round(spans / copied)} rows/s, ratio ${(copied / seconds).toFixed(3)}`,
      );
    }
  } finally {
    plane.kill('SIGTERM');
    await new Promise((resolve) => plane.once('exit', resolve));
    await rm(dirname(entry), { recursive: true, force: true });
  }
  const prismaRate = await createMany(client);
  await client.end();
  const { closeDb } = await import('@/lib/db/pool');
  await closeDb();
  // The round in the middle, so that both figures are of one moment.
  const middle = rounds.sort((a, b) => a.bare / a.ours - b.bare / b.ours)[Math.floor(rounds.length / 2)];
  if (middle === undefined) throw new Error('No round was measured.');
  const { ours, bare } = middle;
  const rate = spans / ours;
  return [
    {
      what: `spans over HTTP beside a bare COPY of the same ${spans} rows`,
      ours: Math.round(rate),
      reference: Math.round(spans / bare),
      unit: 'spans/s',
      ratio: bare / ours,
      goal: 0.5,
    },
    {
      what: 'spans over HTTP beside Prisma createMany of the same rows',
      ours: Math.round(rate),
      reference: Math.round(prismaRate),
      unit: 'spans/s',
      ratio: rate / prismaRate,
      goal: 10,
    },
  ];
}

/** The plane as `npm start` runs it: one file of plain JavaScript. It lies in the checkout to find its packages. */
async function bundle(folder: string): Promise<string> {
  const outfile = join('dist', 'bench', basename(folder), 'runtime.mjs');
  await build({
    entryPoints: ['runtime/main.ts'],
    outfile,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'warning',
  });
  return outfile;
}

async function startPlane(entry: string, url: string, port: number): Promise<ChildProcess> {
  const profile =
    process.env.BENCH_PROFILE === undefined
      ? []
      : ['--cpu-prof', '--cpu-prof-dir', process.env.BENCH_PROFILE];
  // As `npm start` runs it (scripts/instance/main.ts).
  const plane = spawn(process.execPath, [...profile, ...RUNTIME_FLAGS, entry], {
    env: {
      ...process.env,
      DATABASE_URL: url,
      COUNTERSIGN_RUNTIME_PORT: String(port),
      NODE_ENV: 'production',
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const ready = await fetch(`http://127.0.0.1:${port}/readyz`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (ready) return plane;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  plane.kill('SIGKILL');
  throw new Error('The runtime plane did not start.');
}

/** User and system time of a process so far, where the system tells (Linux). */
async function cpuSeconds(pid: number | undefined): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / 100;
}

function load(file: string, url: string, key: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', 'bench/ingest-load.ts', file, url, key, String(CONNECTIONS)],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    let out = '';
    child.stdout.on('data', (chunk) => {
      out += chunk;
    });
    child.on('exit', (code) => {
      const seconds: unknown = code === 0 ? JSON.parse(out).seconds : undefined;
      if (typeof seconds === 'number') resolve(seconds);
      else reject(new Error(`the load ended with ${code}`));
    });
  });
}

/** The rows as intake stored them, in its own format: binary COPY. */
async function readRows(client: pg.Client): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of client.query(copyTo('COPY span TO STDOUT (FORMAT binary)'))) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Seconds one COPY of all rows takes, from memory into an empty table that is `span` in everything but its name. */
async function bareCopy(client: pg.Client, rows: Buffer): Promise<number> {
  await client.query('DROP TABLE IF EXISTS span_bare');
  await client.query('CREATE TABLE span_bare (LIKE span INCLUDING ALL)');
  await client.query('CHECKPOINT');
  const pieces: Buffer[] = [];
  for (let at = 0; at < rows.length; at += 256 * 1024) pieces.push(rows.subarray(at, at + 256 * 1024));
  const began = process.hrtime.bigint();
  await pipeline(
    Readable.from(pieces),
    client.query(copyFrom('COPY span_bare FROM STDIN (FORMAT binary)', { highWaterMark: 1024 * 1024 })),
  );
  return Number(process.hrtime.bigint() - began) / 1e9;
}

/** Rows per second through Prisma, some of the same rows into the same table. */
async function createMany(client: pg.Client): Promise<number> {
  const { prisma } = await import('@/lib/db/prisma');
  const rows = await prisma().span.findMany({ take: PRISMA_ROWS });
  await client.query('TRUNCATE span');
  const data = rows.map(({ body, ...row }) => ({ ...row, body: body ?? {} }));
  const began = process.hrtime.bigint();
  for (let at = 0; at < data.length; at += PRISMA_BATCH)
    await prisma().span.createMany({ data: data.slice(at, at + PRISMA_BATCH) });
  const seconds = Number(process.hrtime.bigint() - began) / 1e9;
  await prisma().$disconnect();
  return data.length / seconds;
}

export const measure = { name: 'ingest', run };

/** Anew where the plane, which looks through them all the time, had locked some in another order. */
async function emptyTables(client: pg.Client): Promise<void> {
  // Without the triggers that keep what hangs on incidents as it was written: there is none of it here.
  await client.query('SET session_replication_role = replica');
  for (let left = 5; ; left -= 1)
    try {
      await client.query(
        `TRUNCATE span, run, run_trace, breach, incident, agent_spend, rollup_day, rollup_hour, rollup_change, rollup_duration,
           rollup_duration_change, rollup_outcome, rollup_outcome_change, run_words_change CASCADE`,
      );
      break;
    } catch (error) {
      if (left === 0 || !(error instanceof pg.DatabaseError) || error.code !== '40P01') throw error;
    }
  await client.query('RESET session_replication_role');
}
