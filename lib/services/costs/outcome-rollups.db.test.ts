import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Actor } from '@/lib/auth/actor';
import { db, transact } from '@/lib/db/pool';
import { type Criterion, criterionKeys, SHARE } from '@/lib/scoring/criteria';
import { leavesOut, outcomeIsGood } from '@/lib/scoring/outcome';
import { foldRollups } from '@/lib/services/rollups/fold-rollups';
import { recountRollups } from '@/lib/services/rollups/recount-rollups';
import { recordSignals } from '@/lib/services/signals/record-signals';
import { givenAgent, givenKey, givenPerson, givenWorkspace } from '@/lib/services/testing/given';
import { givenRun } from '@/lib/services/testing/given-run';
import { givenListener, spansOf, storyArbitrary, T0 } from '@/lib/services/testing/stories';
import { changeWorkspace } from '@/lib/services/workspaces/change-workspace';
import { type OutcomeCosts, outcomeCosts } from './outcome-costs';

const ALL = { from: '1970-01-01', until: '2100-01-01' };
const criterion = (changes: Partial<Criterion> = {}): Criterion => ({
  id: 'accepted',
  metric: 'adjuster agrees',
  statement: 'It is accepted.',
  signal: 'outcome',
  comparison: '>=',
  target: 0.8,
  windowDays: 30,
  leastSamples: 1,
  freshnessDays: 7,
  weight: 1,
  ...changes,
});
const CRITERIA = [
  criterion(),
  criterion({ comparison: '<=', target: 0.2 }),
  criterion({ id: 'amount', metric: 'paid', target: 50, unit: 'USD' }),
];

const saidArbitrary = fc.record({
  /** Which run: of a trace, or of a conversation. */
  of: fc.constantFrom(0, 1, 2, 'C1', 'C2'),
  metric: fc.constantFrom('accepted', 'accepted', 'Accepted', 'adjuster agrees', 'amount'),
  value: fc.constantFrom(0, 1, 1, 0.1, 0.2, 0.7, 50, 120.25),
  unit: fc.constantFrom(null, null, null, '%', SHARE, 'USD'),
  samples: fc.constantFrom(1, 1, 3),
  agent: fc.constantFrom(undefined, undefined, undefined, 'refund-desk', 'stranger'),
  externalId: fc.constantFrom(undefined, 'A', 'B'),
});

describe('what accepted outputs cost', () => {
  it('is what a count of all runs says, after any batches of late, corrected and doubled signals', async () => {
    await fc.assert(
      fc.asyncProperty(
        storyArbitrary,
        fc.array(saidArbitrary, { minLength: 1, maxLength: 14 }),
        fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 8 }),
        fc.boolean(),
        fc.boolean(),
        async (story, signals, sizes, oneUnit, removes) => {
          const said = [...signals];
          const { workspace, send } = await givenListener();
          const { actor } = await givenKey(workspace, ['signals']);
          const spans = spansOf(story);
          const traces = [...new Set(spans.map((span) => span.traceId))];
          const check = async () => {
            expect(await recountRollups(db(), workspace.id)).toEqual([]);
            const { rows } = await db().query<{ id: string }>(
              'SELECT id FROM agent WHERE workspace_id = $1',
              [workspace.id],
            );
            for (const { id } of rows)
              for (const each of CRITERIA) {
                const costs = await outcomeCosts(each, { workspaceId: workspace.id, agentId: id, ...ALL });
                expectSame(costs, await counted(each, id));
                if (oneUnit) expectSame({ ...costs, misfits: 0 }, await oldWay(each, workspace.id, id));
              }
          };
          for (let turn = 0; spans.length > 0 || said.length > 0; turn += 1) {
            const size = sizes[turn % sizes.length] ?? 1;
            if (turn % 2 === 0) await send(spans.splice(0, size));
            else
              await tell(
                actor,
                said.splice(0, size).map(({ of, unit, ...each }) => ({
                  ...each,
                  family: 'outcome' as const,
                  unit: oneUnit ? null : unit,
                  run: typeof of === 'number' ? (traces[of % traces.length] ?? 'C1') : of,
                })),
              );
            if (size === 2) await foldRollups();
            if (size === 4) await price(workspace.id, turn);
            if (size % 2 === 1) await check();
          }
          if (removes)
            await db().query(
              'DELETE FROM run WHERE id = (SELECT min(id::text)::uuid FROM run WHERE workspace_id = $1)',
              [workspace.id],
            );
          await check();
          await foldRollups();
          await check();
          const left = await db().query('SELECT FROM rollup_outcome_change WHERE workspace_id = $1', [
            workspace.id,
          ]);
          expect(left.rowCount).toBe(0);
        },
      ),
      { numRuns: Number(process.env.ROLLUP_RUNS ?? 25), endOnFailure: true },
    );
  }, 240_000);

  it('counts a run once, however many speak of it at the same moment', async () => {
    const { workspace, agent, key } = await given();
    const run = await givenRun(workspace, agent, { costUsd: 2 });
    await Promise.all(
      [true, true, false, true].map((value, n) =>
        tell(key, [{ runId: run.id, metric: 'accepted', family: 'outcome', value, externalId: `said ${n}` }]),
      ),
    );
    expect(await costsOf(agent.id)).toMatchObject({ known: 1, good: 1, byVersion: [{ costUsd: 2 }] });
    expect(await recountRollups(db(), workspace.id)).toEqual([]);
  });

  it('knows nothing of what was rolled back', async () => {
    const { workspace, agent, key } = await given();
    const run = await givenRun(workspace, agent);
    const dies = transact(async (client) => {
      await recordSignals(
        client,
        key,
        [{ runId: run.id, metric: 'accepted', family: 'outcome', value: true }],
        { source: 'api', now: new Date() },
      );
      throw new Error('killed');
    });
    await expect(dies).rejects.toThrow('killed');
    expect(await costsOf(agent.id)).toMatchObject({ known: 0, good: 0, byVersion: [] });
    expect(await recountRollups(db(), workspace.id)).toEqual([]);
  });

  it('follows a correction, and a run whose cost changes afterwards', async () => {
    const { workspace, agent, key } = await given();
    const run = await givenRun(workspace, agent, { costUsd: 2 });
    const say = (value: boolean) =>
      tell(key, [{ runId: run.id, metric: 'accepted', family: 'outcome', value, externalId: 'the claim' }]);
    await say(false);
    await foldRollups();
    expect(await costsOf(agent.id)).toMatchObject({ known: 1, good: 0 });
    await say(true);
    await db().query('UPDATE run SET cost_usd = 3.5, unpriced_calls = 1 WHERE id = $1', [run.id]);
    expect(await costsOf(agent.id)).toMatchObject({
      known: 1,
      good: 1,
      byVersion: [{ costUsd: 3.5, unpricedRuns: 1 }],
    });
    await foldRollups();
    expect(await recountRollups(db(), workspace.id)).toEqual([]);
  });

  it('is of the days that its workspace has, also after the clock moved', async () => {
    const { workspace, agent, key } = await given();
    const admin = await givenPerson(workspace, ['head-of-ai']);
    const run = await givenRun(workspace, agent, { startedAt: '2026-11-20T23:30:00Z' });
    await tell(key, [{ runId: run.id, metric: 'accepted', family: 'outcome', value: true }]);
    const on = async (day: string) =>
      (
        await outcomeCosts(criterion(), {
          workspaceId: workspace.id,
          agentId: agent.id,
          from: day,
          until: day,
        })
      ).known;
    expect([await on('2026-11-20'), await on('2026-11-21')]).toEqual([1, 0]);
    await changeWorkspace(admin, { name: 'Acme', timeZone: 'Asia/Kolkata' });
    expect([await on('2026-11-20'), await on('2026-11-21')]).toEqual([0, 1]);
    expect(await recountRollups(db(), workspace.id)).toEqual([]);
  });

  it('leaves out what is in another unit, and tells of how many runs', async () => {
    const { workspace, agent, key } = await given();
    const [mixed, strange] = [await givenRun(workspace, agent), await givenRun(workspace, agent)];
    const paid = { metric: 'accepted', family: 'outcome', value: 900, unit: 'USD' } as const;
    await tell(key, [
      { runId: mixed.id, ...paid },
      { runId: mixed.id, metric: 'accepted', family: 'outcome', value: true },
      { runId: strange.id, ...paid },
    ]);
    expect(await costsOf(agent.id)).toMatchObject({ known: 1, good: 1, misfits: 2 });
  });

  it('counts a run once that was spoken of by two names of one criterion', async () => {
    const { workspace, agent, key } = await given();
    const run = await givenRun(workspace, agent, { costUsd: 2 });
    await givenRun(workspace, agent);
    await tell(key, [
      { runId: run.id, metric: 'accepted', family: 'outcome', value: false },
      { runId: run.id, metric: 'quality/criteria/accepted', family: 'outcome', value: true, samples: 3 },
    ]);
    expect(await costsOf(agent.id)).toMatchObject({ known: 1, good: 1, byVersion: [{ costUsd: 2 }] });
  });
});

async function given() {
  const workspace = await givenWorkspace();
  const agent = await givenAgent(workspace);
  return { workspace, agent, key: (await givenKey(workspace, ['signals'])).actor };
}

const tell = (actor: Actor, signals: Parameters<typeof recordSignals>[2]) =>
  transact((client) => recordSignals(client, actor, signals, { source: 'api', now: new Date() }));

async function costsOf(agentId: string): Promise<OutcomeCosts> {
  const { rows } = await db().query<{ workspace_id: string }>(
    'SELECT workspace_id FROM agent WHERE id = $1',
    [agentId],
  );
  return outcomeCosts(criterion(), { workspaceId: rows[0]?.workspace_id ?? '', agentId, ...ALL });
}

/** A price from now on, so that what comes later costs something else. */
async function price(workspaceId: string, turn: number): Promise<void> {
  await db().query(
    `INSERT INTO model_price (id, workspace_id, model, input_usd, output_usd, effective_from, source)
     VALUES (gen_random_uuid(), $1, $2, $3, 1, '2024-01-01', 'test')`,
    [workspaceId, turn % 2 === 0 ? 'unheard-of' : `priced-${turn}-${T0}`, turn + 1],
  );
}

function expectSame(costs: OutcomeCosts, wanted: OutcomeCosts): void {
  const { byVersion, ...counts } = costs;
  const { byVersion: others, ...wantedCounts } = wanted;
  expect(counts).toEqual(wantedCounts);
  const found = new Map(byVersion.map((version) => [version.versionId, version]));
  expect(found.size).toBe(others.length);
  for (const other of others) {
    const version = found.get(other.versionId);
    expect(version?.unpricedRuns).toBe(other.unpricedRuns);
    expect(version?.costUsd).toBeCloseTo(other.costUsd, 7);
    expect(version?.workedMs).toBeCloseTo(other.workedMs, 0);
  }
}

interface Told {
  run_id: string;
  version_id: string | null;
  unit: string | null;
  value: number;
  samples: number;
  cost_usd: number;
  worked_ms: number;
  unpriced: boolean;
}

/** Run by run, from the stored rows alone. */
async function counted(of: Criterion, agentId: string): Promise<OutcomeCosts> {
  const { rows } = await db().query<Told>(
    `SELECT r.id AS run_id, r.contract_version_id AS version_id, s.unit, s.value, s.samples, r.cost_usd,
            (extract(epoch FROM r.ended_at - r.started_at) * 1000 - r.paused_ms)::float8 AS worked_ms, r.unpriced_calls > 0 AS unpriced
       FROM signal s JOIN run r ON r.id = s.run_id AND r.agent_id = s.agent_id
      WHERE s.agent_id = $1 AND s.family = 'outcome' AND s.metric_key = ANY($2::text[]) AND s.superseded_by IS NULL`,
    [agentId, criterionKeys(of)],
  );
  const costs: OutcomeCosts = { known: 0, good: 0, misfits: 0, byVersion: [] };
  for (const own of grouped(rows, (row) => row.run_id).values()) {
    const said = [...grouped(own, (row) => row.unit)].map(([unit, all]) => {
      const samples = all.reduce((sum, each) => sum + each.samples, 0);
      return {
        unit,
        samples,
        value: all.reduce((sum, each) => sum + each.value * each.samples, 0) / samples,
      };
    });
    if (leavesOut(of, said)) costs.misfits += 1;
    const good = outcomeIsGood(of, said);
    const [run] = own;
    if (good === null || run === undefined) continue;
    costs.known += 1;
    if (good) costs.good += 1;
    let version = costs.byVersion.find(({ versionId }) => versionId === run.version_id);
    if (version === undefined) {
      version = { versionId: run.version_id, costUsd: 0, workedMs: 0, unpricedRuns: 0 };
      costs.byVersion.push(version);
    }
    version.costUsd += run.cost_usd;
    version.workedMs += run.worked_ms;
    version.unpricedRuns += run.unpriced ? 1 : 0;
  }
  return costs;
}

function grouped<Row, Key>(rows: readonly Row[], keyOf: (row: Row) => Key): Map<Key, Row[]> {
  const groups = new Map<Key, Row[]>();
  for (const row of rows) groups.set(keyOf(row), [...(groups.get(keyOf(row)) ?? []), row]);
  return groups;
}

/** As it was read before there were sums, right where all that is said of a run is in one unit. */
async function oldWay(of: Criterion, workspaceId: string, agentId: string): Promise<OutcomeCosts> {
  const { rows } = await db().query<{
    unit: string | null;
    value: number;
    version_id: string | null;
    runs: number;
    cost_usd: number;
    worked_ms: number;
    unpriced_runs: number;
  }>(
    `SELECT o.unit, o.value, o.version_id, count(*)::int AS runs, sum(o.cost_usd)::float8 AS cost_usd,
            sum(o.worked_ms)::float8 AS worked_ms, count(*) FILTER (WHERE o.unpriced)::int AS unpriced_runs
       FROM (SELECT r.id, r.contract_version_id AS version_id, r.cost_usd, r.unpriced_calls > 0 AS unpriced,
                    extract(epoch FROM r.ended_at - r.started_at) * 1000 - r.paused_ms AS worked_ms,
                    min(s.unit) AS unit, sum(s.value * s.samples) / sum(s.samples) AS value
               FROM signal s JOIN run r ON r.id = s.run_id
              WHERE s.agent_id = $2 AND s.family = 'outcome' AND s.metric_key = ANY($3::text[]) AND s.superseded_by IS NULL
                AND r.workspace_id = $1 AND r.agent_id = $2
              GROUP BY r.id) o
      GROUP BY o.unit, o.value, o.version_id`,
    [workspaceId, agentId, criterionKeys(of)],
  );
  const costs: OutcomeCosts = { known: 0, good: 0, misfits: 0, byVersion: [] };
  const versions = new Map<string | null, OutcomeCosts['byVersion'][number]>();
  for (const row of rows) {
    const good = outcomeIsGood(of, [{ unit: row.unit, value: row.value, samples: 1 }]);
    if (good === null) continue;
    costs.known += row.runs;
    if (good) costs.good += row.runs;
    const version = versions.get(row.version_id);
    versions.set(row.version_id, {
      versionId: row.version_id,
      costUsd: (version?.costUsd ?? 0) + row.cost_usd,
      workedMs: (version?.workedMs ?? 0) + row.worked_ms,
      unpricedRuns: (version?.unpricedRuns ?? 0) + row.unpriced_runs,
    });
  }
  costs.byVersion = [...versions.values()];
  return costs;
}
