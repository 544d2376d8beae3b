import { beforeEach, describe, expect, test } from 'vitest';
import type { Actor } from '@/lib/auth/actor';
import { db } from '@/lib/db/pool';
import { listWaiting } from '@/lib/services/inbox/list-waiting';
import {
  type GivenAgent,
  type GivenWorkspace,
  givenPerson,
  givenWorkspace,
} from '@/lib/services/testing/given';
import { drawnRun, givenReviewers } from '@/lib/services/testing/given-review';
import { givenSpan } from '@/lib/services/testing/given-run';
import { refusal } from '@/lib/services/testing/refusal';
import { getBlindRun } from './get-blind-run';
import { listQueue } from './list-queue';
import { rateRun } from './rate-run';

type Person = Extract<Actor, { kind: 'person' }>;
const HOUR = 3_600_000;
/** What we or others made of a run: a reviewer sees none of it. */
const VERDICTS =
  /score|band|breach|lane|risk|critical|block|silent|noticed|because|evaluation|authority|clause/;

let workspace: GivenWorkspace;
let agent: GivenAgent;
let ines: Person;

beforeEach(async () => {
  ({ workspace, agent, ines } = await givenReviewers());
});

describe('the queue', () => {
  test('shows the oldest first, in the inbox too, and not why any of them was drawn', async () => {
    const { reviewId } = await drawnRun(workspace, agent, {
      score: 12,
      band: 'critical',
      breachCount: 2,
      lane: 'block',
    });
    await drawnRun(workspace, agent);
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
    const { run, reviewId } = await drawnRun(workspace, agent, {
      score: 12,
      band: 'critical',
      breachCount: 1,
      lane: 'block',
    });
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
    const { reviewId } = await drawnRun(workspace, agent);
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
