import { expect, it } from 'vitest';
import { db } from '@/lib/db/pool';
import { putInForce } from '@/lib/services/contracts/put-in-force';
import { fallBack } from '@/lib/services/gates/fall-back';
import { getLifecycle } from '@/lib/services/gates/get-lifecycle';
import { openReview } from '@/lib/services/gates/open-review';
import { AGENT, type Desk, givenDesk } from '@/lib/services/gates/testing/refund-desk';
import { aContract, type ContractChanges } from '@/lib/services/testing/a-contract';
import { refusal } from '@/lib/services/testing/refusal';
import { answerLowering, chooseRoute } from './decide-route';
import { endAmendment } from './end-amendment';
import { expireEmergencies } from './expire-emergencies';
import { getAmendment } from './get-amendment';
import { putInForceAtOnce } from './put-in-force-at-once';
import { inProduction, NARROWER, OWNERS, submitted, versionOf, WIDER } from './testing/given-amendment';

/** Every way in which a version could decide without those who must sign it. */

const force = (desk: Desk, number: number) => putInForce(desk.team['head-of-ai'], { agent: AGENT, number });
const cost = (perRun: number): ContractChanges => ({ cost: { ...aContract().cost, perRun } });
const kept = (retentionDays: number): ContractChanges => ({ versioning: { retentionDays } });

async function backTo(desk: Desk, to: 'rollout' | 'review'): Promise<void> {
  await fallBack(desk.team.sponsor, { agent: AGENT, to, cause: 'contract', reason: 'Not as agreed.' });
}

it('an emergency takes no other approver, tool server or owner, though none of them is plainly wider', async () => {
  const desk = await inProduction();
  const { authority, tools = {} } = aContract();
  const [small, large] = authority.rules ?? [];
  if (small === undefined || large === undefined) throw new Error('no rules');
  const orders = tools['orders.get'] ?? { server: 'orders', action: 'read' as const };
  const others: [ContractChanges, string][] = [
    [{ ...NARROWER, authority: { rules: [small, { ...large, by: 'qa' }] } }, 'authority/large-refunds/by'],
    [
      { tools: { 'orders.get': { ...orders, server: 'elsewhere', categories: [] } } },
      'tools/orders.get/server',
    ],
    [{ ...NARROWER, ...OWNERS }, 'ownership/qa'],
  ];
  for (const [position, [changes, clause]] of others.entries()) {
    const number = await submitted(desk, changes, `1.${position + 1}`);
    expect((await getAmendment(desk.team.operator, number)).may.atOnce).toBe(false);
    const told = await refusal(putInForceAtOnce(desk.team.operator, { number, reason: 'Now.' }));
    expect(told).toMatchObject({ code: 'conflict', message: expect.stringContaining(clause) });
  }
  expect(await desk.stage()).toEqual({ stage: 'production', inForce: 1 });
});

it('an emergency that lets an agent of the workspace defaults do anything is refused: nothing says what it may now', async () => {
  const desk = await inProduction();
  const number = await submitted(desk, WIDER, '1.1');
  await db().query('UPDATE agent SET contract_version_id = NULL WHERE workspace_id = $1', [
    desk.workspace.id,
  ]);
  expect((await getAmendment(desk.team.operator, number)).may.atOnce).toBe(false);
  const told = await refusal(putInForceAtOnce(desk.team.operator, { number, reason: 'Now.' }));
  expect(told).toMatchObject({
    code: 'conflict',
    message: expect.stringContaining('no contract of its own'),
  });
});

it('a gate that holds from before puts nothing in force instead of the gate that is asked for', async () => {
  const desk = await inProduction();
  const about = await versionOf(desk, await submitted(desk, cost(3), '1.1'));
  for (const gate of ['G2', 'G3', 'G4', 'G5'] as const) {
    const told = await refusal(openReview(desk.team.engineer, { agent: AGENT, gate, version: about.number }));
    expect(told).toMatchObject({
      code: 'conflict',
      message: `${gate} holds for v1.1 from before: it asks for G6.`,
    });
  }
  await desk.walk(about, 'G6');
  expect(await desk.stage()).toEqual({ stage: 'production', inForce: 2 });
  // What is agreed and in force may pass it again: a step of the ladder can wait for that.
  await openReview(desk.team.engineer, { agent: AGENT, gate: 'G4', version: about.number });
});

it('an emergency is not signed after by a gate that holds from before', async () => {
  const desk = await inProduction();
  const number = await submitted(desk, kept(300), '1.1');
  await putInForceAtOnce(desk.team.operator, { number, reason: 'It keeps too much.' });
  const told = await refusal(openReview(desk.team.engineer, { agent: AGENT, gate: 'G4', version: 2 }));
  expect(told.message).toBe('G4 holds for v1.1 from before: it asks for G6.');
  await desk.walk(await versionOf(desk, number), 'G6');
  expect((await getAmendment(desk.team.grc, number)).atOnce?.signedAt).not.toBeNull();
});

it('in Rollout a later version needs a signature of its own, and can have it', async () => {
  const desk = await inProduction();
  const about = await versionOf(desk, await submitted(desk, cost(3), '1.1'));
  await backTo(desk, 'rollout');
  expect((await refusal(force(desk, about.number))).message).toContain('v1.1 must pass G4');
  expect((await getLifecycle(desk.team.grc, AGENT)).next).toMatchObject({
    gate: 'G4',
    version: { number: 2 },
  });
  await desk.walk(about, 'G4');
  expect(await desk.stage()).toEqual({ stage: 'rollout', inForce: 2 });
  await force(desk, 1);
  await force(desk, 2);
  await desk.walk(about, 'G5');
  expect(await desk.stage()).toEqual({ stage: 'production', inForce: 2 });
});

it('an emergency in Rollout is signed after at G5, and sends its agent back to Review when nobody does', async () => {
  const desk = await givenDesk();
  await desk.walk(await desk.submit({ versioning: { contract: '1.0' } }), 'G1', 'G2', 'G3', 'G4');
  const number = await submitted(desk, kept(300), '1.1');
  expect((await refusal(force(desk, 2))).message).toContain('v1.1 must pass G4');
  await putInForceAtOnce(desk.team.operator, { number, reason: 'It keeps too much.' });
  expect(await desk.stage()).toEqual({ stage: 'rollout', inForce: 2 });
  expect((await getLifecycle(desk.team.grc, AGENT)).next).toMatchObject({
    gate: 'G5',
    version: { number: 2 },
  });
  expect(await expireEmergencies(new Date(Date.now() + 8 * 86_400_000))).toBe(1);
  expect(await desk.stage()).toEqual({ stage: 'review', inForce: 2 });
});

it('an emergency that nobody signed in time is found behind any number that were rolled back', async () => {
  const desk = await inProduction();
  const gone = await submitted(desk, NARROWER, '1.1');
  await putInForceAtOnce(desk.team.operator, { number: gone, reason: 'Now.' });
  await force(desk, 1);
  await db().query(
    `INSERT INTO amendment (id, workspace_id, number, agent_id, base_version_id, submitted_version_id, state, emergency,
       in_force_at, sign_due_at, created_at)
     SELECT gen_random_uuid(), workspace_id, number + n, agent_id, base_version_id, NULL, state, true, in_force_at,
            sign_due_at - interval '1 day', created_at
       FROM amendment, generate_series(1, 100) n WHERE workspace_id = $1 AND number = $2`,
    [desk.workspace.id, gone],
  );
  const other = await inProduction();
  const number = await submitted(other, NARROWER, '1.1');
  await putInForceAtOnce(other.team.operator, { number, reason: 'Now.' });
  await expireEmergencies(new Date(Date.now() + 8 * 86_400_000));
  expect(await other.stage()).toEqual({ stage: 'build', inForce: 2 });
  expect(await desk.stage()).toEqual({ stage: 'production', inForce: 1 });
});

it('an agent that fell back goes on working, so what lets it do more waits for its gates', async () => {
  const desk = await inProduction();
  const narrower = await versionOf(desk, await submitted(desk, NARROWER, '1.1'));
  const wider = await desk.submit({ ...WIDER, versioning: { contract: '1.2' } });
  await backTo(desk, 'review');
  const told = await refusal(force(desk, wider.number));
  expect(told).toMatchObject({
    code: 'conflict',
    message: expect.stringContaining('tools/orders.get/categories'),
  });
  await force(desk, narrower.number);
  expect(await desk.stage()).toEqual({ stage: 'review', inForce: 2 });
  // What it did before needs nobody's signature again.
  await force(desk, 1);
  await desk.walk(wider, 'G2', 'G3', 'G4');
  expect(await desk.stage()).toEqual({ stage: 'rollout', inForce: 3 });
});

it('what was refused does not decide in test either', async () => {
  const desk = await givenDesk();
  await desk.submit({ versioning: { contract: '1.0' } });
  await force(desk, 1);
  const number = await submitted(desk, NARROWER, '1.1');
  await endAmendment(desk.team.grc, { number, as: 'refused', reason: 'No.' });
  expect((await refusal(force(desk, 2))).message).toContain(`AMD-${number} was refused`);
  const other = await submitted(desk, cost(3), '1.2');
  await desk.submit({ versioning: { contract: '1.3' } });
  await force(desk, 4);
  expect((await refusal(force(desk, 3))).message).toContain(`AMD-${other} changes v1.0`);
  expect(await desk.stage()).toEqual({ stage: 'discovery', inForce: 4 });
});

it('a consent counts once: a change that was taken back meanwhile is asked about again', async () => {
  const desk = await inProduction();
  const longer = await submitted(desk, kept(500), '1.1');
  await chooseRoute(desk.team.sponsor, { number: longer, route: 'g6', reason: 'Only days.' });
  const seen = (await getAmendment(desk.team.grc, longer)).asked?.seen ?? '';
  await answerLowering(desk.team.grc, { number: longer, consent: true, reason: 'Once.', seen });
  await desk.walk(await versionOf(desk, longer), 'G6');
  // Nothing taken back: what was consented to holds for the next version.
  const dearer = await submitted(desk, { ...kept(500), ...cost(3) }, '1.2');
  expect((await getLifecycle(desk.team.grc, AGENT)).next?.gate).toBe('G6');
  await endAmendment(desk.team.sponsor, { number: dearer, as: 'withdrawn', reason: 'Not now.' });
  const back = await submitted(desk, kept(365), '1.3');
  await desk.walk(await versionOf(desk, back), 'G6');
  const again = await submitted(desk, kept(500), '1.4');
  expect((await getAmendment(desk.team.grc, again)).route).toBe('build');
  expect((await getLifecycle(desk.team.grc, AGENT)).next?.gate).toBe('G3');
});
