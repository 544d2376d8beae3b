import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { db } from '@/lib/db/pool';
import { aContract } from '@/lib/services/testing/a-contract';
import { FailingStatements } from '@/lib/services/testing/failing-statements';
import { type GivenAgent, type GivenWorkspace, givenVersion } from '@/lib/services/testing/given';
import {
  ACCURACY,
  drawAll,
  drawnRun,
  givenReviewedAgent,
  givenReviewers,
  reviewedContract,
} from '@/lib/services/testing/given-review';
import { givenRun } from '@/lib/services/testing/given-run';

const HOUR = 3_600_000;

let workspace: GivenWorkspace;
let agent: GivenAgent;

beforeEach(async () => {
  ({ workspace, agent } = await givenReviewers());
});

async function drawnRuns(): Promise<{ run_id: string; because: string; state: string }[]> {
  const { rows } = await db().query<{ run_id: string; because: string; state: string }>(
    'SELECT run_id, because, state FROM run_review WHERE workspace_id = $1 ORDER BY run_id',
    [workspace.id],
  );
  return rows;
}

describe('drawing runs', () => {
  test('takes each run once, however often and however many planes look', async () => {
    for (let i = 0; i < 5; i += 1) await givenRun(workspace, agent);
    const looks = await Promise.all([drawAll(), drawAll(), drawAll()]);
    await drawAll();
    expect(looks.reduce((sum, one) => sum + one, 0)).toBe(5);
    expect(await drawnRuns()).toHaveLength(5);
    const { rows } = await db().query(
      `SELECT 1 FROM audit_entry WHERE workspace_id = $1 AND action = 'expert-review.drawn'`,
      [workspace.id],
    );
    expect(rows).toHaveLength(5);
  });

  test('tells silent runs from those somebody could notice, by the share of each', async () => {
    const watched = await givenReviewedAgent(
      workspace,
      'watched',
      reviewedContract({ share: 1, silentShare: 0 }),
    );
    await givenRun(workspace, watched);
    const breached = await givenRun(workspace, watched, { breachCount: 1 });
    const escalated = await givenRun(workspace, watched, { lane: 'escalate' });
    await drawAll();
    expect(await drawnRuns()).toEqual(
      [breached, escalated]
        .map(({ id }) => ({ run_id: id, because: 'noticed', state: 'waiting' }))
        .sort((a, b) => (a.run_id < b.run_id ? -1 : 1)),
    );
  });

  test('waits for a run that is under way, and takes one for finished that was quiet for an hour', async () => {
    const running = await givenRun(workspace, agent, { status: 'running' });
    const forgotten = await givenRun(workspace, agent, { status: 'running' });
    const paused = await givenRun(workspace, agent, { status: 'paused' });
    expect(await drawAll()).toBe(0);
    await db().query(`UPDATE run SET status = 'finished', revision = revision + 1 WHERE id = $1`, [
      running.id,
    ]);
    expect(await drawAll()).toBe(1);
    await db().query('UPDATE run SET revision = revision + 1 WHERE id = $1', [forgotten.id]);
    // It was heard of since: an hour has to pass again.
    expect(await drawAll(HOUR + 1000)).toBe(0);
    expect(await drawAll(2 * HOUR + 10_000)).toBe(1);
    expect((await drawnRuns()).map((row) => row.run_id).sort()).toEqual([running.id, forgotten.id].sort());
    await db().query(`UPDATE run SET status = 'stopped', revision = revision + 1 WHERE id = $1`, [paused.id]);
    expect(await drawAll()).toBe(1);
  });

  test('goes by the contract the run ran under, and passes over runs nothing was agreed or recorded of', async () => {
    const old = await givenVersion(workspace, agent, aContract({ quality: { criteria: [ACCURACY] } }));
    await givenRun(workspace, { id: agent.id, version: old });
    await givenRun(workspace, agent, { spanCount: 0 });
    await givenRun(workspace, { id: agent.id });
    expect(await drawAll()).toBe(0);
  });

  test('stays as it was drawn when something late is heard of the run', async () => {
    const { run } = await drawnRun(workspace, agent);
    await db().query('UPDATE run SET breach_count = 1, revision = revision + 1 WHERE id = $1', [run.id]);
    await drawAll();
    expect(await drawnRuns()).toEqual([{ run_id: run.id, because: 'silent', state: 'waiting' }]);
  });
});

describe('a look that is cut off', () => {
  let failing: FailingStatements;
  beforeEach(() => {
    failing = new FailingStatements();
  });
  afterEach(() => failing.restore());

  test('at any statement, loses no run and draws none twice', async () => {
    const finished: string[] = [];
    const running: string[] = [];
    for (let at = 1, over = false; !over; at += 1) {
      finished.push((await givenRun(workspace, agent)).id);
      running.push((await givenRun(workspace, agent, { status: 'running' })).id);
      failing.arm(at, 'thrown');
      await drawAll().catch(() => {});
      over = failing.disarm() === null;
      await drawAll();
      const unsettled = await db().query<{ run_id: string }>(
        'SELECT run_id FROM unsettled_run WHERE run_id = ANY($1::uuid[]) ORDER BY run_id',
        [[...finished, ...running]],
      );
      expect([at, (await drawnRuns()).map((row) => row.run_id)]).toEqual([at, finished]);
      expect([at, unsettled.rows.map((row) => row.run_id)]).toEqual([at, running]);
    }
    expect(finished.length).toBeGreaterThan(8);
  });
});
