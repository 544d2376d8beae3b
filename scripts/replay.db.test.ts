import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { db } from '@/lib/db/pool';
import { getQuality } from '@/lib/services/signals/get-quality';
import { aContract } from '@/lib/services/testing/a-contract';
import { givenAgent, givenKey, givenWorkspace } from '@/lib/services/testing/given';
import { buildServer } from '@/runtime/server';

/** Recorded runs of real agents, beside the repository. */
const FOLDER = '../shared/data';
const AGENTS = ['airline', 'banking', 'slack', 'travel', 'workspace'];
/** So many runs of each recording; REPLAY_RUNS=1000 replays them all. */
const EACH = Number(process.env.REPLAY_RUNS ?? 24);
const there = existsSync(FOLDER);
if (!there) console.info(`Replaying recorded runs left out: ${FOLDER} is not there.`);

const run = promisify(execFile);
let server: FastifyInstance;
let endpoint: string;

beforeAll(async () => {
  server = buildServer({ logLevel: 'warn' });
  endpoint = await server.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(() => server.close());

/** Replays into a new workspace; resolves with its id once everything is committed. */
async function replayed(...options: string[]): Promise<string> {
  const workspace = await givenWorkspace();
  const key = await givenKey(workspace, ['ingest']);
  const script = [
    '--import',
    'tsx',
    'scripts/replay.ts',
    ...options,
    '--endpoint',
    endpoint,
    '--key',
    key.secret,
  ];
  await run(process.execPath, script);
  return workspace.id;
}

const endedSchema = z
  .object({ outcome: z.object({ success: z.boolean().optional(), utility: z.boolean().optional() }) })
  .transform(({ outcome }) => outcome.success ?? outcome.utility);

/** Whether each of the first runs of a file did its task, straight from the file. */
function howTheyEnded(file: string): (boolean | undefined)[] {
  const lines = readFileSync(file, 'utf8').trim().split('\n').slice(0, EACH);
  return lines.map((line) => endedSchema.parse(JSON.parse(line)));
}

async function rows(query: string, workspaceId: string): Promise<unknown[]> {
  return (await db().query(query, [workspaceId])).rows;
}

describe.skipIf(!there)('recorded runs replayed to the runtime plane', { timeout: 60_000 }, () => {
  it('are the same runs there, with every step and the agents that made them', async () => {
    const file = `${FOLDER}/banking.jsonl`;
    const recorded = readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .slice(0, 30)
      .map((line) =>
        z
          .object({ agent: z.string(), steps: z.array(z.object({ kind: z.string(), name: z.string() })) })
          .parse(JSON.parse(line)),
      );
    const steps = recorded.flatMap((one) => one.steps);
    const count = (kind: string) => steps.filter((step) => step.kind === kind).length;

    const workspaceId = await replayed(file, '--limit', '30');
    expect(
      await rows(
        'SELECT count(*)::int AS n, array_agg(DISTINCT status) AS status FROM run WHERE workspace_id = $1',
        workspaceId,
      ),
    ).toEqual([{ n: 30, status: ['finished'] }]);
    expect(
      await rows(
        'SELECT operation, count(*)::int AS n FROM span WHERE workspace_id = $1 GROUP BY 1 ORDER BY 1',
        workspaceId,
      ),
    ).toEqual([
      { operation: 'agent', n: 30 },
      { operation: 'model', n: count('model') },
      { operation: 'tool', n: count('tool') },
    ]);
    expect(await rows('SELECT name FROM agent WHERE workspace_id = $1', workspaceId)).toEqual([
      { name: recorded[0]?.agent },
    ]);
    const tools = [...new Set(steps.filter((step) => step.kind === 'tool').map((step) => step.name))].sort();
    const stored = await rows(
      'SELECT DISTINCT tool COLLATE "C" AS tool FROM span WHERE workspace_id = $1 AND tool IS NOT NULL ORDER BY 1',
      workspaceId,
    );
    expect(stored).toEqual(tools.map((tool) => ({ tool })));
  });

  it('are scored with how they really ended, whoever recorded them, as outcomes of the criterion that reads them', async () => {
    const recorded = AGENTS.map((agent) => ({ agent, done: howTheyEnded(`${FOLDER}/${agent}.jsonl`) }));
    const workspace = await givenWorkspace();
    const criterion = {
      ...{ id: 'task-done', statement: 'The task is done.', signal: 'outcome' as const },
      ...{ comparison: '>=' as const, target: 0.5, windowDays: 30, leastSamples: 20, freshnessDays: 7 },
    };
    const quality = { criteria: [criterion] };
    for (const agent of AGENTS)
      await givenAgent(workspace, aContract({ identity: { agent, aliases: [] }, quality }));
    const key = await givenKey(workspace, ['ingest']);
    const files = AGENTS.map((agent) => `${FOLDER}/${agent}.jsonl`);
    await run(process.execPath, [
      ...['--import', 'tsx', 'scripts/replay.ts', ...files, '--limit', String(EACH)],
      ...['--endpoint', endpoint, '--key', key.secret],
    ]);
    for (const { agent, done } of recorded) {
      const well = done.filter(Boolean).length;
      const { criteria, pillar } = await getQuality(workspace.system, { agent });
      // The share of the page is the one counted from the file.
      const value = well / done.length;
      expect([agent, criteria]).toMatchObject([
        agent,
        [{ state: 'known', samples: done.length, value, met: value >= 0.5 }],
      ]);
      expect(pillar.score).toBeCloseTo(Math.min(1, value / 0.5) * 100, 1);
      // Each run has the whole of its quality if it did its task, and none of it if not.
      const { rows } = await db().query(
        `SELECT r.quality_score AS quality, count(*)::int AS runs FROM run r JOIN agent a ON a.id = r.agent_id
          WHERE a.workspace_id = $1 AND a.name = $2 GROUP BY 1 ORDER BY 1`,
        [workspace.id, agent],
      );
      expect([agent, rows]).toEqual([
        agent,
        [
          { quality: 0, runs: done.length - well },
          { quality: 100, runs: well },
        ].filter((each) => each.runs > 0),
      ]);
    }
  });

  it('as nine frameworks emit them are nine runs with every tool call and token, however often they are sent', async () => {
    const traces = readdirSync(`${FOLDER}/otlp`).map((name) => `${FOLDER}/otlp/${name}`);
    expect(traces).toHaveLength(9);
    const workspaceId = await replayed(...traces, ...traces);
    expect(await rows('SELECT count(*)::int AS n FROM run WHERE workspace_id = $1', workspaceId)).toEqual([
      { n: 9 },
    ]);
    expect(
      await rows(
        `SELECT count(*)::int AS spans, count(tool)::int AS tools, count(input_tokens)::int AS calls,
                sum(input_tokens)::int AS input, sum(output_tokens)::int AS output
         FROM span WHERE workspace_id = $1`,
        workspaceId,
      ),
      // Added up by hand from the nine files: 8 tool calls, 16 calls of models.
    ).toEqual([{ spans: 59, tools: 8, calls: 16, input: 2442, output: 824 }]);
  });
});
