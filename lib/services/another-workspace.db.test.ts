import { beforeAll, describe, expect, test } from 'vitest';
import type { Actor } from '@/lib/auth/actor';
import { ROLES } from '@/lib/auth/roles';
import { getCost } from '@/lib/services/costs/get-cost';
import { getAgreement } from '@/lib/services/expert-reviews/get-agreement';
import { getBlindRun } from '@/lib/services/expert-reviews/get-blind-run';
import { getReviewOfRun } from '@/lib/services/expert-reviews/get-review-of-run';
import { getSilence } from '@/lib/services/expert-reviews/get-silence';
import { listQueue } from '@/lib/services/expert-reviews/list-queue';
import { listSilence } from '@/lib/services/expert-reviews/list-silence';
import { rateRun } from '@/lib/services/expert-reviews/rate-run';
import { skipRun } from '@/lib/services/expert-reviews/skip-run';
import { getLadder } from '@/lib/services/ladder/get-ladder';
import { intervene } from '@/lib/services/ladder/intervene';
import { liftIntervention } from '@/lib/services/ladder/lift';
import { markRecovered } from '@/lib/services/ladder/mark-recovered';
import { getReceipt, getReceipts } from '@/lib/services/receipts/get-receipts';
import { makeReceipt } from '@/lib/services/receipts/make-receipt';
import { getRisk, getRiskTrial } from '@/lib/services/risk/get-risk';
import { getQuality } from '@/lib/services/signals/get-quality';
import { getRunSignals } from '@/lib/services/signals/get-run-signals';
import { listSignals, signalFacets, signalFilterSchema } from '@/lib/services/signals/list-signals';
import { createSource, listSources, revokeSource } from '@/lib/services/signals/sources';
import { takeSignals } from '@/lib/services/signals/take-signals';
import { type GivenAgent, givenPerson, givenWorkspace } from './testing/given';
import { drawnRun, givenReviewers } from './testing/given-review';
import type { GivenRun } from './testing/given-run';
import { refusal } from './testing/refusal';

/** Somebody who may do everything, in a workspace of their own. */
let stranger: Actor;
let owner: Actor;
let agent: GivenAgent;
let run: GivenRun;
let reviewId: string;
let sourceId: string;
let stepId: string;
let receiptId: string;
const now = new Date();
const reason = 'They would like to.';

beforeAll(async () => {
  stranger = await givenPerson(await givenWorkspace(), [...ROLES]);
  const reviewers = await givenReviewers();
  agent = reviewers.agent;
  owner = await givenPerson(reviewers.workspace, [...ROLES]);
  ({ run, reviewId } = await drawnRun(reviewers.workspace, agent, { status: 'finished' }));
  const taken = await takeSignals(
    owner,
    [{ run: run.key, family: 'outcome', metric: 'task-done', value: true, id: 'one' }],
    {
      source: 'api',
    },
  );
  expect(taken.refused, JSON.stringify(taken)).toBe(0);
  sourceId = (await createSource(owner, { name: 'Desk', kind: 'zendesk' })).id;
  receiptId = (await makeReceipt(owner, { runId: run.id })).id;
  stepId = (await intervene(owner, { agent: agent.name, kind: 'pause', reason: 'It looks wrong.' })).id;
});

describe('somebody of another workspace, whatever their roles', () => {
  const looks: Record<string, () => Promise<unknown>> = {
    'the cost of an agent': () => getCost(stranger, { agent: agent.name }, now),
    'the risk of an agent': () => getRisk(stranger, { agent: agent.name }, now),
    'runs to try a risk profile on': () => getRiskTrial(stranger, { agent: agent.name }),
    'the quality of an agent': () => getQuality(stranger, { agent: agent.name }, now),
    'where an agent stands on the ladder': () => getLadder(stranger, { agent: agent.name }),
    'how silent an agent is': () => getSilence(stranger, { agentId: agent.id }, now),
    'a run to review': () => getBlindRun(stranger, reviewId),
    'the receipts of a run': () => getReceipts(stranger, { runId: run.id }),
    'one receipt': () => getReceipt(stranger, { runId: run.id, id: receiptId }),
  };
  test.each(Object.entries(looks))('does not find %s', async (_, look) => {
    expect(await refusal(look())).toMatchObject({ code: 'not_found' });
  });

  const acts: Record<string, () => Promise<unknown>> = {
    'rates a run': () =>
      rateRun(stranger, {
        reviewId,
        ratings: [{ criterion: 'accuracy', value: 100 }],
        correct: true,
        note: '',
        seconds: 5,
      }),
    'passes a run on': () => skipRun(stranger, { reviewId, reason }),
    'makes a receipt': () => makeReceipt(stranger, { runId: run.id }),
    'steps in at an agent': () => intervene(stranger, { agent: agent.name, kind: 'warn', reason }),
    'ends a step of the ladder': () => liftIntervention(stranger, { id: stepId, reason }),
    'says that a requirement is met': () =>
      markRecovered(stranger, { id: stepId, requirement: 'compensations', reason }),
    'disconnects a source of signals': () => revokeSource(stranger, { id: sourceId }),
  };
  test.each(Object.entries(acts))('neither %s', async (_, act) => {
    expect(await refusal(act())).toMatchObject({ code: 'not_found' });
  });

  test('has none of it in their lists, while its owner has', async () => {
    expect(await getReviewOfRun(stranger, run.id, now)).toBeNull();
    expect(await getReviewOfRun(owner, run.id, now)).not.toBeNull();
    expect(await getAgreement(stranger, { agentId: agent.id }, now)).toMatchObject([{ pairs: [] }]);
    expect(await listSilence(stranger, now)).toEqual([]);
    expect(await listSilence(owner, now)).not.toEqual([]);
    expect(await listSources(stranger)).toEqual([]);
    expect(await listSources(owner)).toHaveLength(1);
    expect(JSON.stringify(await listQueue(stranger, now))).not.toContain(reviewId);
    expect(JSON.stringify(await getRunSignals(stranger, { runId: run.id }))).not.toContain('task-done');
    expect(JSON.stringify(await getRunSignals(owner, { runId: run.id }))).toContain('task-done');
    const ofRun = signalFilterSchema.parse({ run: run.id });
    expect((await listSignals(stranger, ofRun)).rows).toEqual([]);
    expect((await listSignals(owner, ofRun)).rows).toHaveLength(1);
    expect((await signalFacets(stranger)).sources).toEqual([]);
  });

  test('sends a signal about a run only to their own workspace', async () => {
    await takeSignals(
      stranger,
      [{ run: run.key, agent: agent.name, family: 'outcome', metric: 'task-done', value: false, id: 'two' }],
      { source: 'api' },
    );
    const ofRun = signalFilterSchema.parse({ run: run.id });
    expect((await listSignals(owner, ofRun)).rows).toHaveLength(1);
  });
});
