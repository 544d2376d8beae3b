import { beforeEach, describe, expect, test } from 'vitest';
import type { Actor } from '@/lib/auth/actor';
import { db } from '@/lib/db/pool';
import { getQuality } from '@/lib/services/signals/get-quality';
import { getRunSignals } from '@/lib/services/signals/get-run-signals';
import { listSignals, signalFilterSchema } from '@/lib/services/signals/list-signals';
import { aContract } from '@/lib/services/testing/a-contract';
import {
  type GivenAgent,
  type GivenWorkspace,
  givenPerson,
  givenVersion,
} from '@/lib/services/testing/given';
import {
  ACCURACY,
  drawAll,
  drawnRun,
  givenReviewedAgent,
  givenReviewers,
  reviewedContract,
  reviewOf,
} from '@/lib/services/testing/given-review';
import { givenRun } from '@/lib/services/testing/given-run';
import { refusal } from '@/lib/services/testing/refusal';
import { getAgreement } from './get-agreement';
import { getBlindRun } from './get-blind-run';
import { getReviewOfRun } from './get-review-of-run';
import { listQueue } from './list-queue';
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

describe('rating a run', () => {
  const ratings = [{ criterion: 'accuracy', value: 95 }];

  test('counts as a signal at once, is written down, and ends the review', async () => {
    const { run, reviewId } = await drawnRun(workspace, agent);
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
    const { reviewId } = await drawnRun(workspace, agent);
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
    const { reviewId } = await drawnRun(workspace, agent);
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
    const fives = await givenReviewedAgent(
      workspace,
      'fives',
      aContract({ quality: { criteria: [{ ...rest, target: 4, unit: 'of 5' }], review: { share: 1 } } }),
    );
    const reviewId = await givenRun(workspace, fives).then(async (run) => {
      await drawAll();
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
    const two = await givenReviewedAgent(workspace, 'two', reviewedContract({ share: 1, reviewers: 2 }));
    const run = await givenRun(workspace, two);
    await drawAll();
    const reviewId = await reviewOf(run);
    const twice = await Promise.allSettled([
      rateRun(ines, { reviewId, ratings, correct: true }),
      rateRun(ines, { reviewId, ratings, correct: true }),
    ]);
    expect(twice.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(twice.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'conflict' } });
  });

  test('by two people at once takes both where two are wanted, and the second does not see the first', async () => {
    const two = await givenReviewedAgent(workspace, 'two', reviewedContract({ share: 1, reviewers: 2 }));
    const run = await givenRun(workspace, two);
    await drawAll();
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
    const { run, reviewId } = await drawnRun(workspace, agent);
    await rateRun(ines, { reviewId, ratings, correct: false, note: 'It paid the wrong account.' });
    const { rows } = await db().query('SELECT kind, path FROM notification WHERE person_id = $1', [
      sponsor.personId,
    ]);
    expect(rows).toEqual([{ kind: 'expert-review.wrong', path: `/runs/${run.id}` }]);
  });

  test('is left to others when it is passed on, with a reason', async () => {
    const { reviewId } = await drawnRun(workspace, agent);
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
    const { reviewId } = await drawnRun(workspace, agent);
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
