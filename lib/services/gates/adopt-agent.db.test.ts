import { beforeEach, expect, test } from 'vitest';
import { db } from '@/lib/db/pool';
import { refusal } from '@/lib/services/testing/refusal';
import { adoptAgent } from './adopt-agent';
import { fallBack } from './fall-back';
import { getLifecycle } from './get-lifecycle';
import { openReview } from './open-review';
import { AGENT, type Desk, givenDesk } from './testing/refund-desk';

let desk: Desk;
const rollout = { agent: AGENT, stage: 'rollout', reason: 'At work since May.' } as const;

beforeEach(async () => {
  desk = await givenDesk();
  await desk.submit();
});
const system = () => ({ kind: 'system', workspaceId: desk.workspace.id }) as const;

test('an agent that was at work before is taken over, not signed, and said to be so', async () => {
  await adoptAgent(system(), rollout);
  // Filling that was interrupted is begun again.
  await adoptAgent(system(), rollout);
  const { adopted, steps, history } = await getLifecycle(desk.team.grc, AGENT);
  expect(adopted).toBe(true);
  expect(steps.map((step) => step.state).slice(0, 4)).toEqual(['adopted', 'adopted', 'adopted', 'adopted']);
  expect(history).toMatchObject([
    { kind: 'adopted', from: 'discovery', to: 'rollout', reason: 'At work since May.' },
  ]);
  const { rows } = await db().query(
    "SELECT FROM audit_entry WHERE workspace_id = $1 AND action = 'agent.stage-changed'",
    [desk.workspace.id],
  );
  expect(rows).toHaveLength(1);
  // No attestation is asked of what was never signed.
  expect(
    (await db().query('SELECT FROM gate_review WHERE workspace_id = $1', [desk.workspace.id])).rowCount,
  ).toBe(0);
});

test('nobody but the product takes an agent over, and only before any gate of it was opened', async () => {
  expect((await refusal(adoptAgent(desk.team['head-of-ai'], rollout))).code).toBe('forbidden');
  expect((await refusal(adoptAgent(system(), { ...rollout, stage: 'discovery' }))).code).toBe('conflict');
  await openReview(desk.team.engineer, { agent: AGENT, gate: 'G1' });
  expect((await refusal(adoptAgent(system(), rollout))).message).toContain('has gone through gates here');
});

test('an agent that was taken over and fell back has its gates to pass like any other', async () => {
  await adoptAgent(system(), { ...rollout, stage: 'production' });
  await fallBack(desk.team.operator, {
    agent: AGENT,
    to: 'scoping',
    cause: 'contract',
    reason: 'Never agreed.',
  });
  const { adopted, steps, next } = await getLifecycle(desk.team.grc, AGENT);
  expect(adopted).toBe(false);
  expect(steps.map((step) => step.state).slice(0, 3)).toEqual(['adopted', 'next', 'ahead']);
  expect(next).toMatchObject({ gate: 'G2' });
});
