import { beforeAll, describe, expect, test } from 'vitest';
import type { Actor } from '@/lib/auth/actor';
import { newId } from '@/lib/db/id';
import { db } from '@/lib/db/pool';
import { listRuns } from '@/lib/services/runs/list-runs';
import { runFilterSchema, runPageSchema } from '@/lib/services/runs/run-filters';
import { aContract } from '@/lib/services/testing/a-contract';
import {
  type GivenAgent,
  givenAgent,
  givenKey,
  givenPerson,
  givenVersion,
  givenWorkspace,
} from '@/lib/services/testing/given';
import { givenIncident, givenRun } from '@/lib/services/testing/given-run';
import { agentFilterSchema } from './agent-filters';
import { agentTrend } from './agent-trend';
import { getAgent } from './get-agent';
import { listAgents } from './list-agents';

const now = new Date('2026-11-21T12:00:00Z');
let reader: Actor;
let stranger: Actor;
let boundKey: Actor;
let busy: GivenAgent;

beforeAll(async () => {
  const workspace = await givenWorkspace({ timeZone: 'Asia/Tokyo' });
  reader = await givenPerson(workspace, ['sponsor'], { name: 'Sam Sponsor', email: 'sponsor@example.com' });
  stranger = await givenPerson(await givenWorkspace(), ['head-of-ai']);
  await givenVersion(workspace, null);
  busy = await givenAgent(workspace, aContract({ ownership: { sponsor: 'Sponsor@example.com' } }));
  boundKey = (await givenKey(workspace, ['read'], busy)).actor;
  await db().query(
    `INSERT INTO agent (id, workspace_id, name, display_name, discovered) VALUES ($1, $2, 'newcomer', 'newcomer', true)`,
    [newId(), workspace.id],
  );
  const tools = { 'orders.read': 2 };
  await givenRun(workspace, busy, {
    startedAt: '2026-11-20T16:00:00Z',
    score: 80,
    costUsd: 0.2,
    callsByTool: { ...tools, 'shell.exec': 1 },
    band: 'medium',
  });
  const hot = await givenRun(workspace, busy, {
    startedAt: '2026-11-21T10:00:00Z',
    score: 40,
    costUsd: 0.4,
    band: 'critical',
    callsByTool: tools,
  });
  await givenIncident(workspace, busy, hot);
  await givenRun(workspace, busy, {
    startedAt: '2026-11-21T11:00:00Z',
    score: null,
    costUsd: 9,
    unpricedCalls: 1,
  });
  // Longer ago than the window: counts for nothing.
  await givenRun(workspace, busy, { startedAt: '2026-09-01T10:00:00Z', score: 0, band: 'critical' });
});

describe('the list of agents', () => {
  const list = (over: Record<string, string> = {}, actor = reader) =>
    listAgents(actor, agentFilterSchema.parse(over), now);

  test('puts the worst band first and agents without runs last', async () => {
    const { rows, total, inProduction } = await list();
    expect(rows.map((row) => [row.name, row.worstBand])).toEqual([
      ['refund-desk', 'critical'],
      ['newcomer', null],
    ]);
    expect([total, inProduction]).toEqual([2, 1]);
  });

  test('takes an unpriced run out of the cost a run and an unscored one out of the score', async () => {
    const [row] = (await list()).rows;
    expect(row).toMatchObject({ runs: 3, silentRuns: 2, unpricedRuns: 1, openIncidents: 1 });
    expect(row?.score).toBe((await getAgent(reader, 'refund-desk', now)).score.score);
    expect(row?.costPerRunUsd).toBeCloseTo(0.3);
    expect(row?.scoreByDay.at(-1)).toBe(60);
    expect(row?.sponsor).toBe('Sam Sponsor');
  });

  test('says which agents run under the workspace defaults', async () => {
    const { rows } = await list({ discovered: '1' });
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ discovered: true, contract: { own: false } });
  });

  test.each([
    [{ q: 'REFUND' }, ['refund-desk']],
    [{ stage: 'production' }, ['refund-desk']],
    [{ stage: 'review' }, []],
    [{ sort: 'name' }, ['newcomer', 'refund-desk']],
    [{ sort: 'score', order: 'desc' }, ['refund-desk', 'newcomer']],
  ])('narrowed or sorted by %j', async (over, expected) => {
    expect((await list(over)).rows.map((row) => row.name)).toEqual(expected);
  });

  test('shows nothing of another workspace, and a bound key only its own agent', async () => {
    expect(await list({}, stranger)).toEqual({ rows: [], total: 0, inProduction: 0 });
    expect((await list({}, boundKey)).rows.map((row) => row.name)).toEqual(['refund-desk']);
  });
});

describe('an agent', () => {
  test('has its days cut by the time zone of the workspace', async () => {
    const [agent, trend] = await Promise.all([
      getAgent(reader, 'refund-desk', now),
      agentTrend(reader, 'refund-desk', 30, now),
    ]);
    // 16:00 UTC on the 20th is already the 21st in Tokyo.
    expect(trend.byDay.at(-1)).toMatchObject({
      day: '2026-11-21',
      score: 60,
      low: 1,
      medium: 1,
      high: 0,
      critical: 1,
    });
    expect(trend.byDay).toHaveLength(30);
    expect(agent.window).toEqual({ from: trend.from, until: trend.until });
    expect(agent.worstBand).toBe('critical');
  });

  test('shows the tools it was seen to call, and which of them its contract does not list', async () => {
    const { tools, unusedTools, toolsFromRuns, toolsSince } = await getAgent(reader, 'refund-desk', now);
    const listed = Object.keys(busy.version.contract.tools);
    expect(tools.map((tool) => [tool.name, tool.calls, tool.runs, tool.known])).toEqual([
      ['orders.read', 4, 2, listed.includes('orders.read')],
      ['shell.exec', 1, 1, false],
    ]);
    expect(unusedTools).toEqual(listed.filter((tool) => tool !== 'orders.read').sort());
    expect(toolsFromRuns).toBe(4);
    // Each leads to the runs it was counted in.
    for (const { name, runs } of tools) {
      const filters = runFilterSchema.parse({ agent: 'refund-desk', tool: name, from: toolsSince });
      expect((await listRuns(reader, filters, runPageSchema.parse({}))).rows).toHaveLength(runs);
    }
  });

  test('that nobody registered runs under the workspace defaults', async () => {
    const agent = await getAgent(reader, 'newcomer', now);
    expect(agent.contract?.own).toBe(false);
    expect(agent.tools).toEqual([]);
    expect(agent.score).toMatchObject({ score: null, runs: 0, costPerRunUsd: null });
  });

  test('of another workspace does not exist', async () => {
    await expect(getAgent(stranger, 'refund-desk', now)).rejects.toMatchObject({ code: 'not_found' });
    await expect(getAgent(boundKey, 'newcomer', now)).rejects.toMatchObject({ code: 'not_found' });
  });
});
