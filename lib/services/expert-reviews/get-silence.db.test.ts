import { beforeEach, describe, expect, test } from 'vitest';
import type { Actor } from '@/lib/auth/actor';
import { db } from '@/lib/db/pool';
import { listRuns } from '@/lib/services/runs/list-runs';
import { runFilterSchema, runPageSchema } from '@/lib/services/runs/run-filters';
import { type GivenAgent, type GivenWorkspace, givenVersion } from '@/lib/services/testing/given';
import {
  drawAll,
  givenReviewedAgent,
  givenReviewers,
  reviewedContract,
  reviewOf,
} from '@/lib/services/testing/given-review';
import { type GivenRun, givenRun } from '@/lib/services/testing/given-run';
import { tell } from '@/lib/services/testing/tell';
import { getSilence, type Silence } from './get-silence';
import { type DrawnSet, listDrawnRuns } from './list-drawn-runs';
import { listSilence } from './list-silence';
import { rateRun } from './rate-run';
import { skipRun } from './skip-run';

type Person = Extract<Actor, { kind: 'person' }>;

let workspace: GivenWorkspace;
let agent: GivenAgent;
let ines: Person;
let bruno: Person;

beforeEach(async () => {
  ({ workspace, agent, ines, bruno } = await givenReviewers());
});

describe('how far silence can be trusted', () => {
  const given = <T>(it: T | undefined): T => {
    if (it === undefined) throw new Error('There is no such run.');
    return it;
  };
  const rate = async (run: GivenRun, correct: boolean) =>
    rateRun(ines, {
      reviewId: await reviewOf(run),
      ratings: [{ criterion: 'accuracy', value: correct ? 100 : 0 }],
      correct,
      note: correct ? '' : 'Wrong.',
    });

  test('is unknown before anything was reviewed', async () => {
    await givenRun(workspace, agent);
    await drawAll();
    expect(await getSilence(ines, { agentId: agent.id }, new Date())).toMatchObject({
      share: 1,
      silentRuns: 1,
      reviewed: 0,
      waiting: 1,
      bound: null,
      atMostRuns: null,
      tighter: null,
    });
  });

  test('counts silent runs alone, those found wrong among them, and those passed on', async () => {
    const runs: GivenRun[] = [];
    for (let i = 0; i < 8; i += 1) runs.push(await givenRun(workspace, agent));
    const noticed = await givenRun(workspace, agent, { breachCount: 1 });
    await drawAll();
    const [first, second, third, fourth, fifth] = runs;
    for (const run of [second, third, fourth]) if (run) await rate(run, true);
    if (first) await rate(first, false);
    await rate(noticed, false);
    if (fifth) await skipRun(ines, { reviewId: await reviewOf(fifth), reason: 'Not mine.' });
    const silence = await getSilence(ines, { agentId: agent.id }, new Date());
    expect(silence).toMatchObject({
      silentRuns: 8,
      leftOut: 0,
      reviewed: 4,
      wrong: 1,
      waiting: 4,
      skipped: 1,
    });
    expect(silence.bound).toBeCloseTo(0.7514, 3);
    expect(silence.boundIfSkippedWrong).toBeGreaterThan(silence.bound ?? 1);
    expect(silence.wrongRuns).toMatchObject([{ id: first?.id, notes: ['Wrong.'] }]);
  });

  test('every figure of it leads to exactly the runs it counts', async () => {
    const runs: GivenRun[] = [];
    for (let i = 0; i < 6; i += 1) runs.push(await givenRun(workspace, agent));
    await givenRun(workspace, agent, { breachCount: 1 });
    await drawAll();
    const [first, second, third, fourth, late] = runs;
    await rate(given(first), false);
    for (const run of [second, third]) await rate(given(run), true);
    await skipRun(ines, { reviewId: await reviewOf(given(fourth)), reason: 'Not mine.' });
    await db().query(`UPDATE run_review SET due_at = now() - interval '1 day' WHERE id = $1`, [
      await reviewOf(given(late)),
    ]);
    const fewer = await givenVersion(workspace, agent, reviewedContract({ share: 0, silentShare: 0.1 }));
    await givenRun(workspace, { id: agent.id, version: fewer });
    const now = new Date();
    const silence = await getSilence(ines, { agentId: agent.id }, now);
    const listed = async (of: DrawnSet) =>
      (await listDrawnRuns(ines, { agent: agent.name, of, page: 1 }, now)).total;
    expect({
      reviewed: await listed('reviewed'),
      wrong: await listed('wrong'),
      waiting: await listed('waiting'),
      overdue: await listed('overdue'),
      skipped: await listed('skipped'),
      allWrong: await listed('all-wrong'),
    }).toEqual({ reviewed: 3, wrong: 1, waiting: 3, overdue: 1, skipped: 1, allWrong: 1 });
    expect(silence).toMatchObject({ reviewed: 3, wrong: 1, waiting: 3, overdue: 1, skipped: 1, allWrong: 1 });
    const { runs: wrong } = await listDrawnRuns(ines, { agent: agent.name, of: 'wrong', page: 1 }, now);
    expect(wrong).toMatchObject([{ id: first?.id, correct: false, overdue: false, passedOn: false }]);
    // And the wholly silent ones, version by version, to the list of runs.
    const counted = async (version: string) =>
      (
        await listRuns(
          ines,
          runFilterSchema.parse({ agent: agent.name, clean: '1', version }),
          runPageSchema.parse({}),
        )
      ).count;
    expect(silence).toMatchObject({ silentRuns: 6, leftOut: 1 });
    expect(await counted('')).toBe(7);
    expect(silence.versions.map(({ counts, silentRuns }) => [counts, silentRuns]).sort()).toEqual([
      [false, 1],
      [true, 6],
    ]);
    for (const { digest, silentRuns } of silence.versions) expect(await counted(digest)).toBe(silentRuns);
  });

  test('says nothing of versions that draw fewer runs, and takes of those that drew more what these would have drawn', async () => {
    await givenRun(workspace, agent);
    await drawAll();
    const fewer = await givenVersion(workspace, agent, reviewedContract({ share: 0, silentShare: 0.5 }));
    await db().query('UPDATE agent SET contract_version_id = $2 WHERE id = $1', [agent.id, fewer.id]);
    await tell({ workspaceId: workspace.id, topic: 'contract', id: agent.id });
    const { rows } = await db().query<{ run_id: string; draw: number }>(
      'SELECT run_id, draw FROM run_review WHERE agent_id = $1',
      [agent.id],
    );
    const silence = await getSilence(ines, { agentId: agent.id }, new Date());
    expect(silence).toMatchObject({ share: 0.5, silentRuns: 1, leftOut: 0 });
    expect(silence.waiting).toBe(rows.filter((row) => row.draw < 0.5).length);
    const none = await givenVersion(workspace, agent, reviewedContract({ share: 0, silentShare: 0.1 }));
    await givenRun(workspace, { id: agent.id, version: none });
    expect(await getSilence(ines, { agentId: agent.id }, new Date())).toMatchObject({
      silentRuns: 1,
      leftOut: 1,
    });
  });

  test('is told of all agents together as of each by itself', async () => {
    const half = await givenReviewedAgent(
      workspace,
      'half',
      reviewedContract({ share: 1, silentShare: 0.5 }),
    );
    const none = await givenReviewedAgent(workspace, 'none', reviewedContract({ share: 1, silentShare: 0 }));
    const wrong: GivenRun[] = [];
    for (let i = 0; i < 7; i += 1) wrong.push(await givenRun(workspace, agent));
    for (let i = 0; i < 6; i += 1) await givenRun(workspace, half);
    await givenRun(workspace, none, { breachCount: 1 });
    await drawAll();
    for (const run of wrong) await rate(run, false);
    const now = new Date();
    const alone: Silence[] = [];
    for (const { id } of [agent, half, none]) alone.push(await getSilence(ines, { agentId: id }, now));
    expect(alone[0]).toMatchObject({ reviewed: 7, wrong: 7, allWrong: 7 });
    expect(alone[0]?.wrongRuns).toHaveLength(5);
    const byName = (a: { agent: { name: string } }, b: { agent: { name: string } }) =>
      a.agent.name.localeCompare(b.agent.name);
    // An agent that has no silent run reviewed and none waiting has nothing to tell.
    const { rows } = await db().query<{ id: string }>(
      'SELECT DISTINCT agent_id AS id FROM run_review WHERE workspace_id = $1',
      [workspace.id],
    );
    const drawn = rows.map(({ id }) => id);
    const listed = [agent, half].flatMap(({ id }, n) => (drawn.includes(id) ? [alone[n]] : []));
    expect((await listSilence(ines, now)).sort(byName)).toEqual(
      listed.flatMap((each) => each ?? []).sort(byName),
    );
  });

  test('takes a run for wrong as soon as one of two says so, and for right when both have', async () => {
    const two = await givenReviewedAgent(workspace, 'two', reviewedContract({ share: 1, reviewers: 2 }));
    const [wrong, right] = [await givenRun(workspace, two), await givenRun(workspace, two)];
    await drawAll();
    await rate(right, true);
    const seen = async () => getSilence(ines, { agentId: two.id }, new Date());
    expect(await seen()).toMatchObject({ reviewed: 0, wrong: 0, waiting: 2, bound: null, wrongRuns: [] });
    await rate(wrong, false);
    expect(await seen()).toMatchObject({
      ...{ reviewed: 1, wrong: 1, waiting: 1, bound: 1, allWrong: 1 },
      wrongRuns: [{ id: wrong.id, notes: ['Wrong.'] }],
    });
    // Whom it was left to need not say so too.
    await skipRun(bruno, { reviewId: await reviewOf(wrong), reason: 'Not mine.' });
    expect(await seen()).toMatchObject({ skipped: 0, overdue: 0 });
  });
});
