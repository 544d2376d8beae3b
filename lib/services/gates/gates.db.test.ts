import { beforeEach, describe, expect, test } from 'vitest';
import { db } from '@/lib/db/pool';
import { putInForce } from '@/lib/services/contracts/put-in-force';
import { refusal } from '@/lib/services/testing/refusal';
import { getBoard } from './get-board';
import { getLifecycle } from './get-lifecycle';
import { getReview } from './get-review';
import { listReviews } from './list-reviews';
import { openReview } from './open-review';
import { beginAs, givenAllEvidence, signAs } from './testing/given-gates';
import { AGENT, type Desk, givenDesk } from './testing/refund-desk';

let workspace: Desk['workspace'];
let team: Desk['team'];
let submit: Desk['submit'];
let walk: Desk['walk'];
let stage: Desk['stage'];
let count: Desk['count'];

beforeEach(async () => {
  ({ workspace, team, submit, walk, stage, count } = await givenDesk());
});

describe('an agent on its way to Production', () => {
  test('goes through every gate by the people it names, and its version is in force from Rollout on', async () => {
    const about = await submit();
    expect(await stage()).toEqual({ stage: 'discovery', inForce: null });
    await walk(about, 'G1');
    expect((await stage()).stage).toBe('scoping');
    await walk(about, 'G2', 'G3');
    expect(await stage()).toEqual({ stage: 'review', inForce: null });
    await walk(about, 'G4');
    expect(await stage()).toEqual({ stage: 'rollout', inForce: 1 });
    await walk(about, 'G5');
    expect(await stage()).toEqual({ stage: 'production', inForce: 1 });
    await walk(about, 'G6');
    const lifecycle = await getLifecycle(team.sponsor, AGENT);
    expect(lifecycle.steps.map((step) => step.state)).toEqual([
      'done',
      'done',
      'done',
      'done',
      'done',
      'done',
    ]);
    expect(lifecycle.adopted).toBe(false);
    expect(lifecycle.attestation).toMatchObject({ overdue: false, everyDays: 90, inDays: 90 });
    const [row] = (await getBoard(team.sponsor)).stages[5]?.agents ?? [];
    expect(row).toMatchObject({ next: null, waiting: null, attestation: { inDays: 90 } });
    expect(lifecycle.history.map((move) => `${move.from} ${move.to}`)).toEqual([
      'rollout production',
      'review rollout',
      'build review',
      'scoping build',
      'discovery scoping',
    ]);
  });

  test('is asked at each gate for what is missing, and cannot be signed before it is there', async () => {
    await submit();
    const { id } = await openReview(team['head-of-ai'], { agent: AGENT, gate: 'G1', message: 'Worth it?' });
    const before = await getReview(team.sponsor, id);
    expect(before).toMatchObject({ ready: false, message: 'Worth it?', waiting: { on: [] } });
    expect(before.evidence.map((each) => each.state)).toEqual(['missing', 'missing', 'missing']);
    expect(before.obstacle).toBe(
      'G1 cannot be signed yet: Baseline (missing), Value (missing) and Autonomy readiness (missing).',
    );
    expect((await refusal(signAs(team.sponsor, id, 'sponsor'))).message).toBe(before.obstacle);
    const { rows } = await db().query<{ id: string }>('SELECT id FROM agent WHERE workspace_id = $1', [
      workspace.id,
    ]);
    await givenAllEvidence(workspace, { agentId: rows[0]?.id ?? '', versionId: null }, 'G1');
    const after = await getReview(team.sponsor, id);
    expect(after).toMatchObject({
      ready: true,
      obstacle: null,
      waiting: { words: 'on you and The head-of-ai' },
    });
    expect(after.mine.roles).toMatchObject([{ role: 'sponsor', whyNot: null }]);
    expect(await listReviews(team.sponsor, { state: 'open' })).toMatchObject([{ id, wants: 'Sign' }]);
    expect(await listReviews(team.qa, { state: 'open' })).toMatchObject([{ id, wants: null }]);
  });

  test('refuses a gate before its turn, twice at once, and for a version that is not the latest', async () => {
    const first = await submit();
    expect((await refusal(openReview(team.engineer, { agent: AGENT, gate: 'G3' }))).message).toBe(
      'G1 and G2 must be passed first for v1.0.',
    );
    await walk(first, 'G1');
    await openReview(team.engineer, { agent: AGENT, gate: 'G2' });
    expect(await refusal(openReview(team.engineer, { agent: AGENT, gate: 'G2' }))).toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('G2 is open for Refund desk v1.0 already'),
    });
    await submit({ versioning: { contract: '1.1' } });
    expect(
      (await refusal(openReview(team.engineer, { agent: AGENT, gate: 'G2', version: 1 }))).message,
    ).toContain('v1.1 has been submitted since v1.0');
  });

  test('closes an open review when a later version is submitted', async () => {
    const about = await submit();
    await walk(about, 'G1');
    await givenAllEvidence(workspace, about, 'G2');
    const { id } = await openReview(team.engineer, { agent: AGENT, gate: 'G2' });
    const finish = await beginAs(team.engineer, id, 'engineer');
    await submit({ versioning: { contract: '1.1' } });
    expect(await refusal(finish())).toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('v1.1 was submitted'),
    });
    expect(await getReview(team.engineer, id)).toMatchObject({ state: 'superseded' });
    expect(await count('signature')).toBe(2);
  });
});

test('an agent that was at work before there were gates is shown as taken over, and goes on as before', async () => {
  const about = await submit();
  await putInForce(team.sponsor, { agent: AGENT, number: 1 });
  await db().query("UPDATE agent SET stage = 'production' WHERE id = $1", [about.agentId]);
  const lifecycle = await getLifecycle(team.grc, AGENT);
  expect(lifecycle.adopted).toBe(true);
  expect(lifecycle.steps.map((step) => step.state)).toEqual([
    'adopted',
    'adopted',
    'adopted',
    'adopted',
    'adopted',
    'next',
  ]);
  await submit({ versioning: { contract: '1.1' }, authority: { level: 'continuous' } });
  await putInForce(team.sponsor, { agent: AGENT, number: 2 });
  await walk({ ...about, number: 2 }, 'G6');
  expect((await getLifecycle(team.grc, AGENT)).adopted).toBe(false);
  await submit({ versioning: { contract: '2.0' }, scope: { actions: ['read'] } });
  expect((await refusal(putInForce(team.sponsor, { agent: AGENT, number: 3 }))).message).toContain(
    'must pass',
  );
});

test('the board shows every agent at its stage with what it waits for and on whom', async () => {
  const about = await submit();
  await givenAllEvidence(workspace, { ...about, versionId: null }, 'G1');
  const before = await getBoard(team.sponsor);
  expect(before.stages[0]?.agents).toMatchObject([
    {
      agent: { name: AGENT },
      next: { gate: 'G1', missing: [], reviewId: null },
      waiting: { words: expect.stringContaining('nobody has opened') },
    },
  ]);
  const { id } = await openReview(team.engineer, { agent: AGENT, gate: 'G1' });
  await signAs(team.sponsor, id, 'sponsor');
  const board = await getBoard(team.sponsor);
  expect(board.open).toMatchObject([{ id, mine: false, waiting: { words: 'on The head-of-ai' } }]);
  expect(board.stages[0]?.agents[0]?.next).toMatchObject({
    signed: ['sponsor'],
    awaited: ['head-of-ai'],
    reviewId: id,
  });
});
