import { beforeEach, describe, expect, test, vi } from 'vitest';
import { putInForce } from '@/lib/services/contracts/put-in-force';
import { refusal } from '@/lib/services/testing/refusal';
import { fallBack } from './fall-back';
import { getLifecycle } from './get-lifecycle';
import { getReview } from './get-review';
import { fallbackPattern } from './list-fallbacks';
import { openReview } from './open-review';
import { recordOfDay } from './record-of-day';
import { type About, AGENT, type Desk, givenDesk } from './testing/refund-desk';
import { withdrawReview } from './withdraw-review';

let team: Desk['team'];
let submit: Desk['submit'];
let walk: Desk['walk'];
let stage: Desk['stage'];

beforeEach(async () => {
  ({ team, submit, walk, stage } = await givenDesk());
});

describe('an agent that was agreed on', () => {
  let first: About;
  beforeEach(async () => {
    first = await submit();
    await walk(first, 'G1', 'G2', 'G3', 'G4', 'G5');
  });

  test('lets no version begin to decide that has not passed its gates', async () => {
    await submit({ versioning: { contract: '1.1' }, authority: { level: 'continuous' } });
    expect(await refusal(putInForce(team.sponsor, { agent: AGENT, number: 2 }))).toMatchObject({
      code: 'conflict',
      message:
        'Refund desk stands in Production: v1.1 must pass G2, G3, G4 and G5 before it can be in force there.',
    });
    expect((await getLifecycle(team.grc, AGENT)).next).toMatchObject({
      gate: 'G2',
      way: 'scoping',
      version: { number: 2 },
    });
  });

  test('takes a change of figures by G6 alone', async () => {
    const second = await submit({ versioning: { contract: '1.1', lastReviewed: '2026-11-01' } });
    expect((await getLifecycle(team.grc, AGENT)).next).toMatchObject({
      gate: 'G6',
      way: 'g6',
      version: { number: 2 },
    });
    expect((await refusal(putInForce(team.sponsor, { agent: AGENT, number: 2 }))).message).toContain(
      'must pass G6',
    );
    const { id } = await openReview(team.operator, { agent: AGENT, gate: 'G6' });
    expect(await getReview(team.grc, id)).toMatchObject({
      version: { number: 2 },
      diff: { since: { number: 1 }, why: 'v1.0, which is in force', routed: { route: 'g6' } },
    });
    await withdrawReview(team.operator, { reviewId: id });
    await walk(second, 'G6');
    expect(await stage()).toEqual({ stage: 'production', inForce: 2 });
    // Going back to what was in force needs nobody's signature.
    await putInForce(team.sponsor, { agent: AGENT, number: 1 });
    expect(await stage()).toEqual({ stage: 'production', inForce: 1 });
  });

  test('begins a wider version with a rollout, while what was agreed before holds', async () => {
    const second = await submit({ versioning: { contract: '2.0' }, authority: { level: 'continuous' } });
    const { steps } = await getLifecycle(team.grc, AGENT);
    expect(steps.map((step) => step.state)).toEqual(['done', 'next', 'ahead', 'ahead', 'ahead', 'ahead']);
    await walk(second, 'G2', 'G3');
    expect(await stage()).toEqual({ stage: 'production', inForce: 1 });
    await walk(second, 'G4');
    expect(await stage()).toEqual({ stage: 'rollout', inForce: 2 });
    await walk(second, 'G5');
    expect(await stage()).toEqual({ stage: 'production', inForce: 2 });
  });

  test('falls back with a reason and passes its gates again', async () => {
    const open = await openReview(team.operator, { agent: AGENT, gate: 'G6' });
    const back = {
      agent: AGENT,
      to: 'build',
      cause: 'implementation',
      reason: 'Pays twice.',
      clause: 'tools/refunds.pay/idempotencyKey',
    } as const;
    expect((await refusal(fallBack(team.operator, { ...back, to: 'production' }))).code).toBe('conflict');
    expect((await refusal(fallBack(team.operator, { ...back, reason: '' }))).code).toBe('invalid');
    await fallBack(team.operator, back);
    expect(await stage()).toEqual({ stage: 'build', inForce: 1 });
    expect(await getReview(team.operator, open.id)).toMatchObject({ state: 'superseded' });
    const lifecycle = await getLifecycle(team.grc, AGENT);
    expect(lifecycle.steps.map((step) => step.state)).toEqual([
      'done',
      'done',
      'next',
      'ahead',
      'ahead',
      'ahead',
    ]);
    expect(
      lifecycle.reviews.filter((review) => review.supersededAt !== null).map((review) => review.gate),
    ).toEqual(['G5', 'G4', 'G3']);
    expect(lifecycle.history[0]).toMatchObject({
      kind: 'fallback',
      gate: 'G6',
      cause: 'implementation',
      reason: 'Pays twice.',
    });
    expect(await fallbackPattern(team.grc)).toMatchObject({
      counts: [{ gate: 'G6', cause: 'implementation', count: 1 }],
      fallbacks: [{ agent: { name: AGENT }, clause: 'tools/refunds.pay/idempotencyKey' }],
    });
    // What was shown of this version was shown before something about it was found wrong.
    const again = await openReview(team.engineer, { agent: AGENT, gate: 'G3' });
    const { evidence, obstacle } = await getReview(team.qa, again.id);
    expect(evidence.map(({ kind, state }) => `${kind} ${state}`)).toEqual(['scenarios stale', 'evals stale']);
    expect(evidence[0]?.reason).toMatch(/^Scenario suites is from before it fell back to Build \(/);
    expect(obstacle).toContain('G3 cannot be signed yet');
    await withdrawReview(team.engineer, { reviewId: again.id });
    await walk(first, 'G3', 'G4', 'G5');
    expect(await stage()).toEqual({ stage: 'production', inForce: 1 });
  });

  test('falls back after what was passed even when the clock was set back in between', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 3_600_000 });
    try {
      await fallBack(team.operator, {
        agent: AGENT,
        to: 'review',
        cause: 'operation',
        reason: 'Nobody is paged.',
      });
    } finally {
      vi.useRealTimers();
    }
    const { steps } = await getLifecycle(team.grc, AGENT);
    expect(steps.map((step) => step.state)).toEqual(['done', 'done', 'done', 'next', 'ahead', 'ahead']);
  });

  test('stands in the record of the day with who agreed to what, and on no day before', async () => {
    const today = new Date().toISOString().slice(0, 10);
    const { agents } = await recordOfDay(team.grc, today);
    expect(agents).toMatchObject([
      { stage: 'production', version: { number: 1 }, adopted: false, unsigned: [] },
    ]);
    const signatures = agents[0]?.signatures ?? [];
    expect(signatures.map((each) => `${each.gate} ${each.role}`)).toEqual([
      'G1 head-of-ai',
      'G1 sponsor',
      'G2 engineer',
      'G2 sponsor',
      'G3 engineer',
      'G3 qa',
      'G4 grc',
      'G5 operator',
      'G5 sre',
    ]);
    expect(signatures[6]).toMatchObject({
      evidence: [{ kind: 'backtest' }, {}, {}, {}, {}],
      version: { number: 1 },
    });
    expect(signatures.every((each) => !each.awaited)).toBe(true);
    const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
    expect((await recordOfDay(team.grc, yesterday)).agents).toEqual([]);
    for (const day of ['2026-02-30', 'today', '2999-01-01'])
      expect((await refusal(recordOfDay(team.grc, day))).code).toBe('invalid');
  });
});
