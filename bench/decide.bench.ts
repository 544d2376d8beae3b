/**
 * Durable decisions over HTTP beside a bare Fastify that echoes the same bodies: 64 connections, each a run of its own,
 * every answer committed to disk before it is sent. Both are processes of their own and take turns in one run.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { withDatabase } from './support/database';
import type { Line } from './support/line';
import { median } from './support/median';
import { type Running, start } from './support/process';

const CONNECTIONS = 64;
/** Many and short, because a machine's speed wanders from one second to the next: the two of a round have it in common. */
const ROUNDS = 9;
const SECONDS = 2;
const WARM_UP_SECONDS = 6;
const GOAL = 0.6;
const P99_GOAL_MS = 5;

const resultSchema = z.object({
  perSecond: z.number(),
  p50: z.number(),
  p99: z.number(),
  total: z.number(),
  failed: z.number(),
});

async function run(): Promise<Line[]> {
  return withDatabase(async () => {
    const { key, stored, end } = await prepare();
    const servers: Running[] = [];
    const load = startLoad(key);
    try {
      const echo = await start('echo-server.ts');
      servers.push(echo);
      const plane = await start('plane.ts');
      servers.push(plane);
      await load.on(echo.url, WARM_UP_SECONDS);
      let answered = (await load.on(plane.url, WARM_UP_SECONDS)).total;
      const rounds: { ours: number; reference: number; p99: number }[] = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        const reference = await load.on(echo.url, SECONDS);
        const ours = await load.on(plane.url, SECONDS);
        answered += ours.total;
        rounds.push({ ours: ours.perSecond, reference: reference.perSecond, p99: ours.p99 });
      }
      const count = await stored();
      if (count < answered) throw new Error(`${answered} were answered and only ${count} are stored.`);
      const ours = median(rounds.map((one) => one.ours));
      const reference = median(rounds.map((one) => one.reference));
      const p99 = median(rounds.map((one) => one.p99));
      return [
        {
          what: 'durable decisions over HTTP, 64 connections ÷ Fastify echo',
          ours,
          reference,
          unit: 'requests/s',
          ratio: median(rounds.map((one) => one.ours / one.reference)),
          goal: GOAL,
        },
        {
          what: 'p99 of a durable decision, within 5 ms',
          ours: p99,
          reference: P99_GOAL_MS,
          unit: 'ms',
          // Over 1 when it is quicker than it must be.
          ratio: P99_GOAL_MS / Math.max(p99, 0.001),
          goal: 1,
        },
      ];
    } finally {
      load.stop();
      await Promise.all(servers.map((server) => server.stop()));
      await end();
    }
  });
}

/** A workspace, an agent with a contract of several tools and rules, and a key. */
export async function prepare() {
  const { aContract } = await import('@/lib/services/testing/a-contract');
  const { givenAgent, givenKey, givenWorkspace } = await import('@/lib/services/testing/given');
  const { closeDb, db } = await import('@/lib/db/pool');
  const workspace = await givenWorkspace();
  const agent = await givenAgent(
    workspace,
    aContract({
      tools: {
        'claims.get': { action: 'read', categories: ['customer-contact'] },
        'documents.ocr': { action: 'read', categories: ['customer-contact'] },
        'notes.add': { action: 'write', categories: ['customer-contact'] },
        'payments.execute': {
          action: 'transact',
          categories: ['payment'],
          arguments: {
            type: 'object',
            properties: { claimId: { type: 'string' }, amount: { type: 'number', maximum: 10_000 } },
            required: ['claimId', 'amount'],
          },
        },
      },
      authority: {
        level: 'bounded',
        defaults: { read: 'alone', write: 'alone', transact: 'alone' },
        rules: [
          {
            id: 'large-payments',
            tools: ['payments.execute'],
            when: [{ field: 'arg.amount', op: '>', value: 2500 }],
            tier: 'approval',
            by: 'operator',
          },
        ],
      },
      cost: { callsPerRun: 100_000_000, repeatedCalls: 100_000_000 },
    }),
  );
  const { secret } = await givenKey(workspace, ['decide'], agent);
  return {
    key: secret,
    stored: async () => {
      const { rows } = await db().query<{ count: number }>('SELECT count(*) FROM decision');
      return rows[0]?.count ?? 0;
    },
    end: closeDb,
  };
}

/** Starts the load, which waits for orders. */
function startLoad(key: string) {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', fileURLToPath(new URL('support/load.ts', import.meta.url))],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const results = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    /** Sends as much as it can for so long. @throws Error when a request fails */
    async on(url: string, seconds: number): Promise<z.output<typeof resultSchema>> {
      child.stdin.write(`${JSON.stringify({ url, key, connections: CONNECTIONS, seconds })}\n`);
      const line = await results.next();
      if (line.done === true) throw new Error('The load ended before it had answered.');
      const result = resultSchema.parse(JSON.parse(line.value));
      if (result.failed > 0) throw new Error(`${result.failed} of ${result.total} requests failed.`);
      return result;
    },
    stop: () => child.stdin.end(),
  };
}

export const measure = { name: 'decide', run };
