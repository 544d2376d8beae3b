import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Actor } from '@/lib/auth/actor';
import type { ContractInput } from '@/lib/contract/schema';
import { db } from '@/lib/db/pool';
import { listWaiting } from '@/lib/services/inbox/list-waiting';
import { getQuality } from '@/lib/services/signals/get-quality';
import { getRunSignals } from '@/lib/services/signals/get-run-signals';
import { listSignals, signalFilterSchema } from '@/lib/services/signals/list-signals';
import { aContract } from '@/lib/services/testing/a-contract';
import { FailingStatements } from '@/lib/services/testing/failing-statements';
import {
  type GivenAgent,
  type GivenWorkspace,
  givenAgent,
  givenPerson,
  givenVersion,
  givenWorkspace,
} from '@/lib/services/testing/given';
import { type GivenRun, givenRun, givenSpan } from '@/lib/services/testing/given-run';
import { refusal } from '@/lib/services/testing/refusal';
import { drawReviews } from './draw-reviews';
import { getAgreement } from './get-agreement';
import { getBlindRun } from './get-blind-run';
import { getReviewOfRun } from './get-review-of-run';
import { getSilence } from './get-silence';
import { listQueue } from './list-queue';
import { rateRun } from './rate-run';
import { skipRun } from './skip-run';

type Person = Extract<Actor, { kind: 'person' }>;
const HOUR = 3_600_000;
/** What we or others made of a run: a reviewer sees none of it. */
const VERDICTS =
  /score|band|breach|lane|risk|critical|block|silent|noticed|because|evaluation|authority|clause/;

/** The data team's bar: subject experts rate accuracy at 90% or more. */
const ACCURACY = {
  id: 'accuracy',
  statement: 'Its pipelines do what was asked for.',
  signal: 'sme',
  comparison: '>=',
  target: 90,
  unit: '%',
  windowDays: 30,
  leastSamples: 3,
  freshnessDays: 14,
} as const;

function contract(review: NonNullable<NonNullable<ContractInput['quality']>['review']> = { share: 1 }) {
  return aContract({ quality: { criteria: [ACCURACY], review } });
}

let workspace: GivenWorkspace;
let agent: GivenAgent;
let ines: Person;
let bruno: Person;

beforeEach(async () => {
  workspace = await givenWorkspace();
  agent = await givenAgent(workspace, contract());
  ines = await givenPerson(workspace, ['sme'], { name: 'Ines' });
  bruno = await givenPerson(workspace, ['sme'], { name: 'Bruno' });
});

/** A look at all that has been begun until now, as if the five minutes had passed. */
function draw(after = 0): Promise<number> {
  return drawReviews(new Date(Date.now() + after + 1000), { behindMs: 0 });
}

async function drawnRuns(): Promise<{ run_id: string; because: string; state: string }[]> {
  const { rows } = await db().query<{ run_id: string; because: string; state: string }>(
    'SELECT run_id, because, state FROM run_review WHERE workspace_id = $1 ORDER BY run_id',
    [workspace.id],
  );
  return rows;
}

async function reviewOf(run: GivenRun): Promise<string> {
  const { rows } = await db().query<{ id: string }>('SELECT id FROM run_review WHERE run_id = $1', [run.id]);
  const id = rows[0]?.id;
  if (id === undefined) throw new Error('The run was not drawn.');
  return id;
}

async function drawnRun(
  over: Parameters<typeof givenRun>[2] = {},
): Promise<{ run: GivenRun; reviewId: string }> {
  const run = await givenRun(workspace, agent, over);
  await draw();
  return { run, reviewId: await reviewOf(run) };
}

describe('drawing runs', () => {
  test('takes each run once, however often and however many planes look', async () => {
    for (let i = 0; i < 5; i += 1) await givenRun(workspace, agent);
    const looks = await Promise.all([draw(), draw(), draw()]);
    await draw();
    expect(looks.reduce((sum, one) => sum + one, 0)).toBe(5);
    expect(await drawnRuns()).toHaveLength(5);
    const { rows } = await db().query(
      `SELECT 1 FROM audit_entry WHERE workspace_id = $1 AND action = 'expert-review.drawn'`,
      [workspace.id],
    );
    expect(rows).toHaveLength(5);
  });

  test('tells silent runs from those somebody could notice, by the share of each', async () => {
    const watched = await givenAgent(workspace, {
      ...contract({ share: 1, silentShare: 0 }),
      identity: { ...contract().identity, agent: 'watched' },
    });
    await givenRun(workspace, watched);
    const breached = await givenRun(workspace, watched, { breachCount: 1 });
    const escalated = await givenRun(workspace, watched, { lane: 'escalate' });
    await draw();
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
    expect(await draw()).toBe(0);
    await db().query(`UPDATE run SET status = 'finished', revision = revision + 1 WHERE id = $1`, [
      running.id,
    ]);
    expect(await draw()).toBe(1);
    await db().query('UPDATE run SET revision = revision + 1 WHERE id = $1', [forgotten.id]);
    // It was heard of since: an hour has to pass again.
    expect(await draw(HOUR + 1000)).toBe(0);
    expect(await draw(2 * HOUR + 10_000)).toBe(1);
    expect((await drawnRuns()).map((row) => row.run_id).sort()).toEqual([running.id, forgotten.id].sort());
    await db().query(`UPDATE run SET status = 'stopped', revision = revision + 1 WHERE id = $1`, [paused.id]);
    expect(await draw()).toBe(1);
  });

  test('goes by the contract the run ran under, and passes over runs nothing was agreed or recorded of', async () => {
    const old = await givenVersion(workspace, agent, aContract({ quality: { criteria: [ACCURACY] } }));
    await givenRun(workspace, { id: agent.id, version: old });
    await givenRun(workspace, agent, { spanCount: 0 });
    await givenRun(workspace, { id: agent.id });
    expect(await draw()).toBe(0);
  });

  test('stays as it was drawn when something late is heard of the run', async () => {
    const { run } = await drawnRun();
    await db().query('UPDATE run SET breach_count = 1, revision = revision + 1 WHERE id = $1', [run.id]);
    await draw();
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
      await draw().catch(() => {});
      over = failing.disarm() === null;
      await draw();
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

describe('the queue', () => {
  test('shows the oldest first, in the inbox too, and not why any of them was drawn', async () => {
    const { reviewId } = await drawnRun({ score: 12, band: 'critical', breachCount: 2, lane: 'block' });
    await drawnRun();
    const queue = await listQueue(ines, new Date());
    expect(queue).toMatchObject({ mayRate: true, total: 2, overdue: 0, rated: 0 });
    expect(queue.runs[0]?.id).toBe(reviewId);
    expect(JSON.stringify(queue)).not.toMatch(VERDICTS);
    expect(await listQueue(ines, new Date(Date.now() + 8 * 24 * HOUR))).toMatchObject({ overdue: 2 });
    expect(await listWaiting(ines)).toMatchObject([
      { kind: 'expert-review', title: 'Rate 2 runs of Refund desk', path: '/review/expert' },
    ]);
  });

  test('shows what the run did, arguments and results as they were kept', async () => {
    const { run, reviewId } = await drawnRun({ score: 12, band: 'critical', breachCount: 1, lane: 'block' });
    await givenSpan(workspace, run, {
      tool: 'refunds.pay',
      lane: 'block',
      risk: 77,
      body: {
        kind: 1,
        attributes: {
          'gen_ai.operation.name': 'execute_tool',
          'gen_ai.tool.name': 'refunds.pay',
          'gen_ai.tool.call.arguments': '{"amount":4711}',
          'gen_ai.evaluation.score.value': 0.1,
        },
        events: [],
        links: [],
        resource: {},
        scope: { name: '', version: '' },
        faults: [],
      },
    });
    await db().query(
      `UPDATE span SET categories = '{payment}', clauses = '{authority/large-payments}' WHERE tool IS NOT NULL`,
    );
    const blind = await getBlindRun(ines, reviewId);
    expect(blind).toMatchObject({
      key: run.key,
      criteria: [{ id: 'accuracy', unit: '%', scale: { kind: 'percent' } }],
      spans: [{ tool: 'refunds.pay', parts: [{ label: 'Arguments', value: { amount: 4711 } }] }],
    });
    expect(JSON.stringify(blind)).not.toMatch(
      /score|band|breach|lane|risk|critical|block|silent|noticed|evaluation/,
    );
  });

  test('is nobody else’s: not another role’s, not the engineering lead’s', async () => {
    const lead = await givenPerson(workspace, ['engineer', 'sme'], { email: 'engineer@example.com' });
    const { reviewId } = await drawnRun();
    expect(agent.version.contract.ownership.engineeringLead).toBe('engineer@example.com');
    const sponsor = await givenPerson(workspace, ['sponsor']);
    expect(await listQueue(sponsor, new Date())).toMatchObject({ mayRate: false, runs: [] });
    expect(await listQueue(lead, new Date())).toMatchObject({ mayRate: true, runs: [] });
    expect((await refusal(getBlindRun(sponsor, reviewId))).code).toBe('forbidden');
    expect((await refusal(getBlindRun(lead, reviewId))).message).toContain('You built this agent');
    expect(
      (
        await refusal(
          rateRun(lead, { reviewId, ratings: [{ criterion: 'accuracy', value: 90 }], correct: true }),
        )
      ).code,
    ).toBe('forbidden');
    expect(await listWaiting(lead)).toEqual([]);
    const elsewhere = await givenPerson(await givenWorkspace(), ['sme']);
    expect((await refusal(getBlindRun(elsewhere, reviewId))).code).toBe('not_found');
  });
});

describe('rating a run', () => {
  const ratings = [{ criterion: 'accuracy', value: 95 }];

  test('counts as a signal at once, is written down, and ends the review', async () => {
    const { run, reviewId } = await drawnRun();
    expect(await rateRun(ines, { reviewId, ratings, correct: true, seconds: 42 })).toEqual({ done: true });
    const { rows } = await db().query(
      'SELECT family, metric, value, unit, source, person_id, run_id FROM signal WHERE workspace_id = $1',
      [workspace.id],
    );
    expect(rows).toEqual([
      {
        family: 'sme',
        metric: 'accuracy',
        value: 95,
        unit: '%',
        source: 'review',
        person_id: ines.personId,
        run_id: run.id,
      },
    ]);
    expect(await listQueue(ines, new Date())).toMatchObject({ total: 0, rated: 1 });
    expect(await getReviewOfRun(ines, run.id)).toMatchObject({
      state: 'done',
      correct: true,
      ratings: [{ person: 'Ines', correct: true, criteria: [{ value: '95%' }] }],
    });
  });

  test('asks for every criterion, on its scale, and for what was wrong', async () => {
    const { reviewId } = await drawnRun();
    const why = async (input: Omit<Parameters<typeof rateRun>[1], 'reviewId'>) =>
      (await refusal(rateRun(ines, { reviewId, ...input }))).message;
    expect(await why({ ratings: [], correct: true })).toContain('It is not rated yet.');
    expect(await why({ ratings: [{ criterion: 'accuracy', value: 101 }], correct: true })).toContain(
      '0 to 100%',
    );
    expect(await why({ ratings: [{ criterion: 'accuracy', value: Number.NaN }], correct: true })).not.toBe(
      '',
    );
    expect(await why({ ratings: [...ratings, { criterion: 'speed', value: 1 }], correct: true })).toContain(
      'no criterion "speed"',
    );
    expect(await why({ ratings, correct: false, note: '  ' })).toContain('Say what was wrong');
  });

  test('happens once for each person, and never once enough have rated', async () => {
    const { reviewId } = await drawnRun();
    await rateRun(ines, { reviewId, ratings, correct: true });
    expect((await refusal(rateRun(ines, { reviewId, ratings, correct: true }))).code).toBe('conflict');
    expect((await refusal(rateRun(bruno, { reviewId, ratings, correct: true }))).message).toContain(
      'Enough others',
    );
    await expect(
      db().query('UPDATE run_rating SET value = 0 WHERE review_id = $1', [reviewId]),
    ).rejects.toThrow();
    await expect(db().query('DELETE FROM run_rating WHERE review_id = $1', [reviewId])).rejects.toThrow();
  });

  test('goes by the scale of the version the run ran under, also when the one in force has another', async () => {
    const { unit: _, ...rest } = ACCURACY;
    const fives = await givenAgent(workspace, {
      ...aContract({ quality: { criteria: [{ ...rest, target: 4, unit: 'of 5' }], review: { share: 1 } } }),
      identity: { ...contract().identity, agent: 'fives' },
    });
    const reviewId = await givenRun(workspace, fives).then(async (run) => {
      await draw();
      return reviewOf(run);
    });
    const share = aContract({ quality: { criteria: [{ ...rest, target: 0.9 }] } });
    const next = await givenVersion(workspace, fives, share);
    await db().query('UPDATE agent SET contract_version_id = $2 WHERE id = $1', [fives.id, next.id]);
    const four = [{ criterion: 'accuracy', value: 4 }];
    expect(await rateRun(ines, { reviewId, ratings: four, correct: true })).toEqual({ done: true });
    expect((await listSignals(ines, signalFilterSchema.parse({}))).rows).toMatchObject([{ value: 4 }]);
  });

  test('sent twice at once by the same person counts once, and says so', async () => {
    const two = await givenAgent(workspace, {
      ...contract({ share: 1, reviewers: 2 }),
      identity: { ...contract().identity, agent: 'two' },
    });
    const run = await givenRun(workspace, two);
    await draw();
    const reviewId = await reviewOf(run);
    const twice = await Promise.allSettled([
      rateRun(ines, { reviewId, ratings, correct: true }),
      rateRun(ines, { reviewId, ratings, correct: true }),
    ]);
    expect(twice.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(twice.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'conflict' } });
  });

  test('by two people at once takes both where two are wanted, and the second does not see the first', async () => {
    const two = await givenAgent(workspace, {
      ...contract({ share: 1, reviewers: 2 }),
      identity: { ...contract().identity, agent: 'two' },
    });
    const run = await givenRun(workspace, two);
    await draw();
    const reviewId = await reviewOf(run);
    expect(await rateRun(ines, { reviewId, ratings, correct: false, note: 'Wrong account.' })).toEqual({
      done: false,
    });
    expect(JSON.stringify(await getBlindRun(bruno, reviewId))).not.toContain('Wrong account');
    expect(await getReviewOfRun(bruno, run.id)).toMatchObject({ yours: true, ratings: [], correct: null });
    // Nor as a signal, in the list or on the run's page.
    const all = signalFilterSchema.parse({});
    expect((await listSignals(bruno, all)).rows).toEqual([]);
    expect((await getRunSignals(bruno, { runId: run.id })).rows).toEqual([]);
    expect((await listSignals(ines, all)).rows).toHaveLength(1);
    expect(await rateRun(bruno, { reviewId, ratings, correct: true })).toEqual({ done: true });
    expect((await listSignals(bruno, all)).rows).toHaveLength(2);
    // One who says that it was wrong is enough.
    expect(await getReviewOfRun(bruno, run.id)).toMatchObject({ correct: false, ratings: [{}, {}] });
    const [outcome] = await getAgreement(ines, { agentId: two.id }, new Date());
    expect(outcome).toMatchObject({
      criterion: '',
      agreement: { units: 1, alike: 0, state: 'unknown', why: 'too-few' },
      pairs: [{ people: expect.arrayContaining(['Ines', 'Bruno']) }],
    });
  });

  test('tells those who answer for the agent of a silent run that was wrong', async () => {
    const sponsor = await givenPerson(workspace, ['sponsor'], { email: 'sponsor@example.com' });
    const { run, reviewId } = await drawnRun();
    await rateRun(ines, { reviewId, ratings, correct: false, note: 'It paid the wrong account.' });
    const { rows } = await db().query('SELECT kind, path FROM notification WHERE person_id = $1', [
      sponsor.personId,
    ]);
    expect(rows).toEqual([{ kind: 'expert-review.wrong', path: `/runs/${run.id}` }]);
  });

  test('is left to others when it is passed on, with a reason', async () => {
    const { reviewId } = await drawnRun();
    expect((await refusal(skipRun(ines, { reviewId, reason: ' ' }))).code).toBe('invalid');
    await skipRun(ines, { reviewId, reason: 'Not my line of business.' });
    expect(await listQueue(ines, new Date())).toMatchObject({ total: 0 });
    expect(await listQueue(bruno, new Date())).toMatchObject({ total: 1 });
    expect((await refusal(rateRun(ines, { reviewId, ratings, correct: true }))).code).toBe('conflict');
  });
});

describe('the data team’s bar of 90% accuracy by subject experts', () => {
  const standing = async () => {
    const page = await getQuality(ines, { agent: agent.name }, new Date());
    return page.criteria.find(({ id }) => id === 'accuracy');
  };
  const rateWith = async (value: number) => {
    const { reviewId } = await drawnRun();
    await rateRun(ines, { reviewId, ratings: [{ criterion: 'accuracy', value }], correct: true });
  };

  test('is unknown until enough runs are rated, never taken for good', async () => {
    expect(await standing()).toMatchObject({ state: 'unknown', why: 'silent', met: null, score: null });
    await rateWith(100);
    await rateWith(100);
    expect(await standing()).toMatchObject({
      state: 'unknown',
      why: 'too-few',
      value: 100,
      samples: 2,
      met: null,
    });
  });

  test('is met at 90% and missed below', async () => {
    for (const value of [95, 85, 90]) await rateWith(value);
    expect(await standing()).toMatchObject({
      state: 'known',
      family: 'sme',
      value: 90,
      met: true,
      score: 100,
    });
    await rateWith(86);
    expect(await standing()).toMatchObject({ state: 'known', value: 89, met: false, samples: 4 });
  });
});

describe('how far silence can be trusted', () => {
  const rate = async (run: GivenRun, correct: boolean) =>
    rateRun(ines, {
      reviewId: await reviewOf(run),
      ratings: [{ criterion: 'accuracy', value: correct ? 100 : 0 }],
      correct,
      note: correct ? '' : 'Wrong.',
    });

  test('is unknown before anything was reviewed', async () => {
    await givenRun(workspace, agent);
    await draw();
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
    await draw();
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

  test('says nothing of versions that draw fewer runs, and takes of those that drew more what these would have drawn', async () => {
    await givenRun(workspace, agent);
    await draw();
    const fewer = await givenVersion(workspace, agent, contract({ share: 0, silentShare: 0.5 }));
    await db().query('UPDATE agent SET contract_version_id = $2 WHERE id = $1', [agent.id, fewer.id]);
    await db().query(`SELECT pg_notify('countersign', $1)`, [
      JSON.stringify({ workspaceId: workspace.id, topic: 'contract', id: agent.id }),
    ]);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const { rows } = await db().query<{ run_id: string; draw: number }>(
      'SELECT run_id, draw FROM run_review WHERE agent_id = $1',
      [agent.id],
    );
    const silence = await getSilence(ines, { agentId: agent.id }, new Date());
    expect(silence).toMatchObject({ share: 0.5, silentRuns: 1, leftOut: 0 });
    expect(silence.waiting).toBe(rows.filter((row) => row.draw < 0.5).length);
    const none = await givenVersion(workspace, agent, contract({ share: 0, silentShare: 0.1 }));
    await givenRun(workspace, { id: agent.id, version: none });
    expect(await getSilence(ines, { agentId: agent.id }, new Date())).toMatchObject({
      silentRuns: 1,
      leftOut: 1,
    });
  });
});
