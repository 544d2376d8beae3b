import { beforeAll, describe, expect, test } from 'vitest';
import type { Actor } from '@/lib/auth/actor';
import { NO_AGENT_FILTERS } from '@/lib/services/agents/agent-filters';
import { agentTrend } from '@/lib/services/agents/agent-trend';
import { comparePerformance } from '@/lib/services/agents/compare-performance';
import { getAgent } from '@/lib/services/agents/get-agent';
import { type AgentList, listAgents } from '@/lib/services/agents/list-agents';
import { needsEyes } from '@/lib/services/agents/needs-eyes';
import { countFromSums } from '@/lib/services/runs/count-from-sums';
import { listRuns } from '@/lib/services/runs/list-runs';
import { lookUp } from '@/lib/services/runs/run-conditions';
import { runFilterSchema, runPageSchema } from '@/lib/services/runs/run-filters';
import { aContract } from '@/lib/services/testing/a-contract';
import {
  type GivenAgent,
  givenAgent,
  givenPerson,
  givenVersion,
  givenWorkspace,
} from '@/lib/services/testing/given';
import { givenIncident, givenRun } from '@/lib/services/testing/given-run';
import { refusal } from '@/lib/services/testing/refusal';
import { type Estate, getEstate } from './get-estate';
import { getOverview } from './get-overview';

const now = new Date('2026-11-21T20:30:00Z');
let reader: Actor;
let stranger: Actor;
let claims: GivenAgent;
let list: AgentList;
let estate: Estate;

const identity = (agent: string, businessUnit: string) => ({ agent, name: agent, businessUnit, aliases: [] });

beforeAll(async () => {
  // East of UTC: its 22nd has begun already.
  const workspace = await givenWorkspace({ timeZone: 'Asia/Tokyo' });
  reader = await givenPerson(workspace, ['operator']);
  stranger = await givenPerson(await givenWorkspace(), ['operator']);
  claims = await givenAgent(workspace, aContract({ identity: identity('claims', 'Claims') }));
  const refunds = await givenAgent(workspace, aContract({ identity: identity('refunds', 'Payments') }));
  const letters = await givenAgent(workspace, aContract({ identity: identity('letters', 'Payments') }));
  const next = await givenVersion(workspace, claims, aContract({ versioning: { contract: '9.9' } }));
  for (let index = 0; index < 40; index += 1) {
    const startedAt = new Date(now.getTime() - index * 13 * 3_600_000).toISOString();
    await givenRun(workspace, claims, { startedAt, score: 80 + (index % 5), costUsd: 0.1 });
    await givenRun(workspace, { id: claims.id, version: next }, { startedAt, score: 60 + (index % 5) });
    if (index < 10) await givenRun(workspace, refunds, { startedAt, score: 50 + index, costUsd: 0.3 });
  }
  await givenRun(workspace, letters, { startedAt: now.toISOString(), score: null, spanCount: 0 });
  const hot = await givenRun(workspace, claims, {
    key: 'hot',
    startedAt: '2026-11-20T01:00:00Z',
    score: 12,
    band: 'critical',
    breachCount: 2,
    status: 'paused',
    unpricedCalls: 1,
  });
  await givenIncident(workspace, claims, hot);
  await givenRun(workspace, claims, { key: 'odd', startedAt: '2026-11-20T02:00:00Z', unknownTools: ['x'] });
  // On the last day before the window, where the workspace is.
  await givenRun(workspace, claims, { startedAt: '2026-10-23T14:59:59Z', score: 1 });
  [list, estate] = await Promise.all([listAgents(reader, NO_AGENT_FILTERS, now), getEstate(reader, 30, now)]);
});

const runs = (filters: Record<string, string>) =>
  listRuns(
    reader,
    runFilterSchema.parse({ from: estate.from, to: estate.until, ...filters }),
    runPageSchema.parse({ limit: 200 }),
  );
const row = (name: string) => {
  const found = list.rows.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no agent ${name}`);
  return found;
};
const unit = (name: string) => {
  const found = estate.units.find((each) => each.unit === name);
  if (found === undefined) throw new Error(`no unit ${name}`);
  return found;
};

describe('the same number stands everywhere', () => {
  test('the score of an agent: in the list, on its page, and as its unit where it is alone in it', async () => {
    const page = await getAgent(reader, 'claims', now);
    expect(row('claims').score).not.toBeNull();
    expect(page.score.score).toBe(row('claims').score);
    expect(page.score.pillars).toEqual(row('claims').pillars);
    expect(unit('Claims').score).toBe(row('claims').score);
    expect(unit('Claims').pillars).toEqual(row('claims').pillars);
  });

  test('runs: on the page, by day, in the list, the overview, the estate, and counted where the link leads', async () => {
    const [page, trend, overview] = await Promise.all([
      getAgent(reader, 'claims', now),
      agentTrend(reader, 'claims', 30, now),
      getOverview(reader, 30, now),
    ]);
    const linked = await runs({ agent: 'claims' });
    expect([page.score.runs, trend.runs, row('claims').runs, unit('Claims').runs]).toEqual(
      Array(4).fill(linked.count),
    );
    expect(trend.byDay.reduce((sum, day) => sum + day.runs, 0)).toBe(linked.count);
    expect(page.window).toEqual({ from: estate.from, until: estate.until });
    expect(overview.runs).toBe(list.rows.reduce((sum, each) => sum + each.runs, 0));
    expect(estate.whole.runs).toBe(overview.runs);
  });

  test('silent runs: on the page, the list, the overview, the estate, and counted where the link leads', async () => {
    const linked = await runs({ agent: 'claims', silent: '1' });
    expect([row('claims').silentRuns, unit('Claims').silentRuns]).toEqual([linked.count, linked.count]);
    const overview = await getOverview(reader, 30, now);
    expect(estate.whole.silentRuns).toBe(overview.silentRuns);
  });

  test('a unit is its agents together, and its runs are those its link leads to', async () => {
    expect(unit('Payments')).toMatchObject({ agents: 2, runs: 10, score: row('refunds').score });
    expect((await runs({ unit: 'Payments', askedOnly: '' })).count).toBe(11);
    expect(unit('Payments').costUsd).toBeCloseTo(3);
    expect(estate.whole.agents).toBe(3);
    expect(estate.whole.openIncidents).toBe(1);
  });

  test('what fits a filter is counted the same from the runs as from the sums, wherever sums can tell', async () => {
    const summed = async (ask: Record<string, string>) => {
      const filters = runFilterSchema.parse(ask);
      return countFromSums(reader, filters, await lookUp(reader, filters));
    };
    const asks: Record<string, string>[] = [
      {},
      { agent: 'claims' },
      { agent: 'claims', version: '2' },
      { unit: 'Payments' },
      { unit: 'Payments', agent: 'claims' },
      { silent: '1', agent: 'claims' },
      { clean: '1' },
      { scored: '1' },
      { unpriced: '1' },
      { askedOnly: '1' },
      { band: 'low,critical', from: '', to: '' },
      { version: claims.version.digest, from: '2026-11-20', to: '2026-11-20' },
    ];
    for (const ask of asks) {
      const { rows } = await runs(ask);
      expect([ask, await summed({ from: estate.from, to: estate.until, ...ask })]).toEqual([
        ask,
        rows.length,
      ]);
    }
    for (const ask of [{ q: 'hot' }, { breached: '1' }, { silent: '1', scored: '1' }])
      expect(await summed(ask)).toBeNull();
  });

  test('a day of the trend is what the list shows of that day', async () => {
    const trend = await agentTrend(reader, 'claims', 30, now);
    for (const day of trend.byDay.slice(-3)) {
      const linked = await runs({ agent: 'claims', from: day.day, to: day.day });
      expect(day.runs).toBe(linked.count);
    }
  });
});

describe('runs that need eyes', () => {
  test('come with why, those of an unresolved incident first', async () => {
    const eyes = await needsEyes(reader, 'claims', now);
    expect(eyes.runs.map((run) => run.key).slice(0, 2)).toEqual(['hot', 'odd']);
    expect(eyes.runs[0]?.reasons).toEqual([
      'INC-1 is not acknowledged',
      'paused, waits for a person',
      'broke 2 clauses',
      'critical risk',
      expect.stringContaining('score 12, far below'),
    ]);
    expect(eyes.runs[1]?.reasons).toEqual(['called 1 tool the contract does not know']);
    expect(eyes.lookedAt).toBe(83);
  });

  test('are none where nothing stands out', async () => {
    expect((await needsEyes(reader, 'refunds', now)).runs).toEqual([]);
  });
});

describe('two versions side by side', () => {
  test('tell which did worse beyond chance, with how many runs each', async () => {
    const { compared, versions } = await comparePerformance(reader, 'claims', { a: '1', b: '2' }, now);
    expect(versions.map((version) => version.slug).sort()).toEqual(['1', '2']);
    const score = compared?.figures.find((pair) => pair.name === 'score');
    expect(score?.verdict).toBe('differs');
    expect(score?.b).toMatchObject({ value: 62, runs: 40 });
    expect(compared?.b.title).toBe('v9.9');
    // Runs of all time, not only of the window.
    expect(compared?.a.runs).toBe(43);
  });

  test('say nothing of an agent with one version, and refuse one it never ran under', async () => {
    expect((await comparePerformance(reader, 'refunds', {}, now)).compared).toBeNull();
    expect(await refusal(comparePerformance(reader, 'claims', { a: '7' }, now))).toMatchObject({
      code: 'not_found',
    });
  });
});

test('none of it shows another workspace anything', async () => {
  expect((await getEstate(stranger, 30, now)).units).toEqual([]);
  for (const look of [
    () => agentTrend(stranger, 'claims', 30, now),
    () => needsEyes(stranger, 'claims', now),
    () => comparePerformance(stranger, 'claims', {}, now),
  ])
    expect(await refusal(look())).toMatchObject({ code: 'not_found' });
});
