import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { db, transact } from '@/lib/db/pool';
import { binOf, middleOf } from '@/lib/scoring/duration-bins';
import { agentFilterSchema } from '@/lib/services/agents/agent-filters';
import { agentTrend } from '@/lib/services/agents/agent-trend';
import { getAgent } from '@/lib/services/agents/get-agent';
import { listAgents } from '@/lib/services/agents/list-agents';
import { getOverview } from '@/lib/services/overview/get-overview';
import { listRuns } from '@/lib/services/runs/list-runs';
import { pauseRun } from '@/lib/services/runs/pause-run';
import { resumeRun } from '@/lib/services/runs/resume-run';
import { runFilterSchema, runPageSchema } from '@/lib/services/runs/run-filters';
import { givenAgent, givenPerson, givenWorkspace } from '@/lib/services/testing/given';
import { givenIncident, givenRun } from '@/lib/services/testing/given-run';
import { givenListener, spansOf, storyArbitrary } from '@/lib/services/testing/stories';
import { changeWorkspace } from '@/lib/services/workspaces/change-workspace';
import { foldRollups } from './fold-rollups';
import { readDurations, readHours, readRollups, versionsBegun } from './read-rollups';
import { recountRollups } from './recount-rollups';

describe('rollups', () => {
  it('equal a recount exactly after any batches: late, twice, out of order, runs that join or turn out to be another agent’s', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(storyArbitrary, { minLength: 1, maxLength: 3 }),
        fc.array(fc.nat(1000), { minLength: 40, maxLength: 40 }),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 20, maxLength: 20 }),
        async (stories, shuffle, sizes) => {
          const { workspace, send } = await givenListener();
          const spans = stories.flatMap(spansOf);
          const order = [...spans, ...spans.filter((_, index) => (shuffle[index % 40] ?? 0) % 3 === 0)]
            .map((span, index) => ({ span, at: shuffle[index % 40] ?? 0, index }))
            .sort((a, b) => a.at - b.at || a.index - b.index)
            .map((one) => one.span);
          for (let at = 0, batch = 0; at < order.length; batch += 1) {
            const size = sizes[batch % sizes.length] ?? 1;
            await send(order.slice(at, at + size));
            at += size;
            if (size % 3 === 0) await foldRollups();
            if (size % 4 === 0) expect(await recountRollups(db(), workspace.id)).toEqual([]);
          }
          expect(await recountRollups(db(), workspace.id)).toEqual([]);
          await foldRollups();
          expect(await recountRollups(db(), workspace.id)).toEqual([]);
          const waiting = await db().query('SELECT FROM rollup_change WHERE workspace_id = $1', [
            workspace.id,
          ]);
          expect(waiting.rowCount).toBe(0);
        },
      ),
      { numRuns: Number(process.env.ROLLUP_RUNS ?? 25), endOnFailure: true },
    );
  }, 240_000);

  it('follow a run that people pause and let go on, and one that is gone', async () => {
    const { workspace, agent, operator } = await given();
    const run = await givenRun(workspace, agent, { status: 'running' });
    await pauseRun(operator, { runId: run.id, reason: 'Looks odd.' });
    await foldRollups();
    await resumeRun(operator, { runId: run.id, reason: 'It was fine.' });
    expect(await recountRollups(db(), workspace.id)).toEqual([]);
    await db().query('DELETE FROM run WHERE id = $1', [run.id]);
    expect(await recountRollups(db(), workspace.id)).toEqual([]);
    await foldRollups();
    const left = await db().query('SELECT FROM rollup_day WHERE workspace_id = $1', [workspace.id]);
    expect(left.rowCount).toBe(0);
  });

  it('know nothing of what was rolled back half-way', async () => {
    const { workspace, agent } = await given();
    const run = await givenRun(workspace, agent, { costUsd: 1 });
    const dies = transact(async (client) => {
      await client.query('UPDATE run SET cost_usd = 50, agent_id = agent_id WHERE id = $1', [run.id]);
      throw new Error('killed');
    });
    await expect(dies).rejects.toThrow('killed');
    expect(await totals(workspace.id)).toMatchObject({ runs: 1, costUsd: 1 });
    expect(await recountRollups(db(), workspace.id)).toEqual([]);
  });

  it('stand when several write the same buckets at once, while two planes fold', async () => {
    const { workspace, agent } = await given();
    const runs = await Promise.all(Array.from({ length: 12 }, () => givenRun(workspace, agent)));
    const writers = [...runs, ...runs.toReversed()].map((run, n) =>
      db().query('UPDATE run SET cost_usd = cost_usd + 0.1, span_count = span_count + $2 WHERE id = $1', [
        run.id,
        n % 3,
      ]),
    );
    await Promise.all([...writers, foldRollups(), foldRollups()]);
    expect(await recountRollups(db(), workspace.id)).toEqual([]);
    await foldRollups();
    expect(await recountRollups(db(), workspace.id)).toEqual([]);
    const { costUsd } = await totals(workspace.id);
    // A sum of decimals, not of floats: 24 times 0.1 is 2.4.
    expect(costUsd).toBe(2.4);
  });

  it('move to other days with the clock of the workspace, and hours stay', async () => {
    const { workspace, agent } = await given();
    const admin = await givenPerson(workspace, ['head-of-ai']);
    await givenRun(workspace, agent, { startedAt: '2026-11-20T23:30:00Z' });
    const days = async () =>
      (await readRollups(db(), { workspaceId: workspace.id, ...ALL }, ['day'])).map((row) => row.day);
    expect(await days()).toEqual(['2026-11-20']);
    await changeWorkspace(admin, { name: 'Acme', timeZone: 'Asia/Kolkata' });
    expect(await days()).toEqual(['2026-11-21']);
    expect(await recountRollups(db(), workspace.id)).toEqual([]);
    const hours = await readHours(db(), {
      workspaceId: workspace.id,
      agentId: agent.id,
      from: new Date('2026-11-20T00:00:00Z'),
      until: new Date('2026-11-21T00:00:00Z'),
    });
    expect(hours.map((row) => [row.hour, row.runs])).toEqual([['2026-11-20T23:00:00Z', 1]]);
  });

  it('move with the clock while a plane that folds begins a day of the workspace', async () => {
    const { workspace, agent } = await given();
    const admin = await givenPerson(workspace, ['head-of-ai']);
    await givenRun(workspace, agent, { startedAt: '2026-11-20T23:30:00Z' });
    const plane = await db().connect();
    await plane.query('BEGIN; SELECT pg_advisory_xact_lock(7305842190)');
    const moved = changeWorkspace(admin, { name: 'Acme', timeZone: 'Asia/Kolkata' });
    const waits = `SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
    await expect.poll(async () => (await db().query(waits)).rowCount).toBe(1);
    // A new row of a rollup does so by its foreign key.
    await plane.query('SELECT FROM workspace WHERE id = $1 FOR KEY SHARE', [workspace.id]);
    await plane.query('COMMIT');
    plane.release();
    await moved;
    expect(await recountRollups(db(), workspace.id)).toEqual([]);
  });

  it('tell when a version began, with what waits to be folded', async () => {
    const { workspace, agent } = await given();
    const scope = { workspaceId: workspace.id, from: '2026-11-10', until: '2026-11-20' };
    const begun = async () => {
      const all = await versionsBegun(db(), scope);
      expect(await versionsBegun(db(), { ...scope, agentId: agent.id })).toEqual(all);
      return all.map(({ day }) => day);
    };
    expect(await begun()).toEqual([]);
    const first = await givenRun(workspace, agent, { startedAt: '2026-11-12T10:00:00Z' });
    await givenRun(workspace, agent, { startedAt: '2026-11-15T10:00:00Z' });
    expect(await begun()).toEqual(['2026-11-12']);
    await foldRollups();
    expect(await begun()).toEqual(['2026-11-12']);
    // Taken back, though the table still has it.
    await db().query('DELETE FROM run WHERE id = $1', [first.id]);
    expect(await begun()).toEqual(['2026-11-15']);
    await foldRollups();
    expect(await begun()).toEqual(['2026-11-15']);
    // Known from before the range: it did not begin in it.
    await givenRun(workspace, agent, { startedAt: '2026-11-02T10:00:00Z' });
    expect(await begun()).toEqual([]);
    await foldRollups();
    expect(await begun()).toEqual([]);
  });

  it('tell durations within a fiftieth, counted as the pure bins are', async () => {
    const { workspace, agent } = await given();
    for (const durationMs of [5, 63, 64, 1000, 1000, 1000, 90_000])
      await givenRun(workspace, agent, { durationMs });
    const told = await readDurations(db(), { workspaceId: workspace.id, ...ALL });
    expect(told?.runs).toBe(7);
    expect(Math.abs((told?.p50 ?? 0) - 1000)).toBeLessThan(20);
    const { rows } = await db().query<{ ms: number; bin: number }>(
      'SELECT ms, rollup_duration_bin(ms) AS bin FROM unnest($1::bigint[]) AS ms',
      [[0, 1, 63, 64, 65, 127, 128, 999, 4095, 4096, 86_400_000, 31_536_000_000]],
    );
    for (const { ms, bin } of rows) {
      expect(bin).toBe(binOf(ms));
      expect(Math.abs(middleOf(bin) - ms)).toBeLessThanOrEqual(ms * 0.016 + 0.5);
    }
  });

  it('give the overview, the list, the agent’s page, its trend and the list of runs one number', async () => {
    const { workspace, agent, operator } = await given();
    const now = new Date('2026-11-21T12:00:00Z');
    const odd = await givenRun(workspace, agent, {
      startedAt: '2026-11-20T10:00:00Z',
      score: 30,
      band: 'high',
    });
    await givenIncident(workspace, agent, odd);
    for (const hour of ['01', '05', '11'])
      await givenRun(workspace, agent, { startedAt: `2026-11-21T${hour}:00:00Z`, score: 81.5, costUsd: 0.2 });
    await givenRun(workspace, agent, { startedAt: '2026-10-22T10:00:00Z', score: 0 });
    const [overview, list, page, trend] = await Promise.all([
      getOverview(operator, 30, now),
      listAgents(operator, agentFilterSchema.parse({}), now),
      getAgent(operator, agent.name, now),
      agentTrend(operator, agent.name, 30, now),
    ]);
    const { from, until } = trend;
    const runs = await listRuns(
      operator,
      runFilterSchema.parse({ from, to: until }),
      runPageSchema.parse({}),
    );
    const [row] = list.rows;
    expect([overview.runs, row?.runs, page.score.runs, trend.runs, runs.count]).toEqual([4, 4, 4, 4, 4]);
    expect([overview.silentRuns, row?.silentRuns, page.score.silentRuns, trend.silentRuns]).toEqual([
      3, 3, 3, 3,
    ]);
    expect(row?.score).toBe(page.score.score);
    expect(overview.agents[0]?.score).toBe(page.score.score);
    expect(row?.worstBand).toBe(page.worstBand);
    expect(row?.costPerRunUsd).toBe(page.score.costPerRunUsd);
  });
});

const ALL = { from: '1970-01-01', until: '2100-01-01' };

async function given() {
  const workspace = await givenWorkspace();
  const agent = await givenAgent(workspace);
  return { workspace, agent, operator: await givenPerson(workspace, ['operator']) };
}

async function totals(workspaceId: string) {
  const [sums] = await readRollups(db(), { workspaceId, ...ALL }, []);
  if (sums === undefined) throw new Error('Without groups there is always a row.');
  return sums;
}
