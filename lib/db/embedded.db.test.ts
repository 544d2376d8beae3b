import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type EmbeddedServer, startEmbedded } from './embedded';

let folder: string;
const started: EmbeddedServer[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-embedded-'));
});
afterEach(async () => {
  for (const server of started.splice(0)) await server.stop('immediate');
  await rm(folder, { recursive: true, force: true });
});

/** With the settings people run: commits are flushed. */
async function start(onProgress: (line: string) => void = () => {}): Promise<EmbeddedServer> {
  const server = await startEmbedded({ folder, onProgress });
  started.push(server);
  return server;
}

async function ask(server: EmbeddedServer, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: server.url('postgres') });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('the embedded database', () => {
  it('keeps what was committed when it is killed, and starts over the stale lock it leaves', async () => {
    const first = await start();
    await ask(first, 'CREATE TABLE kept AS SELECT 42 AS answer');
    process.kill(first.pid, 'SIGKILL');
    await first.exited;
    expect(await readFile(join(folder, 'postgres', 'postmaster.pid'), 'utf8')).toContain(String(first.pid));

    const second = await start();
    expect(await ask(second, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  });

  it('tells what it logged since it was started, and nothing of the time before', async () => {
    const first = await start();
    await expect(ask(first, 'SELECT 1/0')).rejects.toThrow();
    await expect.poll(() => first.said()).toContain('division by zero');
    await first.stop();

    const second = await start();
    await expect(ask(second, "SELECT 'x'::int")).rejects.toThrow();
    await expect.poll(() => second.said()).toContain('invalid input syntax');
    expect(await second.said()).not.toContain('division by zero');
  });

  it('ends a server that outlived its instance, then starts on the same data', async () => {
    const first = await start();
    await ask(first, 'CREATE TABLE kept AS SELECT 42 AS answer');

    const said: string[] = [];
    const second = await start((line) => said.push(line));
    expect(said).toEqual(['Ending a database server that was left running']);
    await first.exited;
    expect(await ask(second, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  });

  it('lets nobody in without the password that only its owner can read', async () => {
    const server = await start();
    const client = new pg.Client({
      connectionString: `postgresql://countersign:guess@127.0.0.1:${server.port}/postgres`,
    });
    await expect(client.connect()).rejects.toThrow(/password authentication failed/);
    const { mode } = await stat(join(folder, 'postgres-password'));
    expect(mode & 0o077).toBe(0);
  });

  it('sorts text the same on every machine', async () => {
    const server = await start();
    const rows = await ask(
      server,
      "SELECT string_agg(x, '' ORDER BY x) AS sorted FROM unnest('{b,A,a,B,é}'::text[]) x",
    );
    expect(rows).toEqual([{ sorted: 'ABabé' }]);
  });
});
