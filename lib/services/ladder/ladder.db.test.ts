import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import type { ContractInput } from '@/lib/contract/schema';
import { db } from '@/lib/db/pool';
import { getAgent } from '@/lib/services/agents/get-agent';
import { contractInForce } from '@/lib/services/contracts/contract-in-force';
import { DecisionDesk } from '@/lib/services/decisions/decision-desk';
import { openReview } from '@/lib/services/gates/open-review';
import { givenAllEvidence, passGate, signAs } from '@/lib/services/gates/testing/given-gates';
import { type About, AGENT, type Desk, givenDesk } from '@/lib/services/gates/testing/refund-desk';
import { getRun } from '@/lib/services/runs/get-run';
import { recordSpans } from '@/lib/services/runs/record-spans';
import { givenKey } from '@/lib/services/testing/given';
import { hex, otlpJson, type TestSpan, toolCall } from '@/lib/services/testing/otlp';
import { refusal } from '@/lib/services/testing/refusal';
import { soonest } from '@/lib/services/testing/soonest';
import { tell } from '@/lib/services/testing/tell';
import { createEndpoint } from '@/lib/services/webhooks/create-endpoint';
import { ladderEventSchema } from '@/lib/services/webhooks/events';
import { decodeTraces } from '@/lib/telemetry/decode';
import { applyLadderByTime } from './apply-by-time';
import { getLadder } from './get-ladder';
import { intervene } from './intervene';
import { liftIntervention } from './lift';
import { markRecovered } from './mark-recovered';

const DAY = 86_400_000;
const RULES: ContractInput['failure'] = {
  high: ['page'],
  critical: ['page'],
  compensations: [{ id: 'take-back', tool: 'refunds.pay', by: 'refunds.cancel' }],
  ladder: [
    { id: 'twice', when: { breaches: 2, withinDays: 7 }, step: 'narrow', to: 'read-only' },
    { id: 'severe', when: { breaches: 1, withinDays: 1, severity: 'critical' }, step: 'pause' },
    { id: 'stale', when: { attestationOverdueDays: 7 }, step: 'recertify' },
  ],
  recovery: [
    { id: 'cause', statement: 'The cause is known.' },
    { id: 'fixed', statement: 'What was done is undone.' },
  ],
};

let desk: Desk;
let about: About;
let key: Actor;
/** Two planes. */
let planes: DecisionDesk[];

beforeEach(async () => {
  desk = await givenDesk();
  about = await desk.submit({
    failure: RULES,
    tools: {
      'orders.get': { server: 'orders', action: 'read', categories: ['customer-contact'] },
      'notes.add': { server: 'notes', action: 'write' },
      'refunds.pay': { server: 'payments', action: 'transact' },
      'refunds.cancel': { server: 'payments', action: 'write' },
    },
    authority: { rules: [], defaults: { read: 'alone', write: 'alone', transact: 'alone' } },
  });
  await desk.walk(about, 'G1', 'G2', 'G3', 'G4', 'G5');
  // What was in force before is remembered until it is heard that another version is.
  await tell({ workspaceId: desk.workspace.id, topic: 'agent', id: about.agentId });
  key = (await givenKey(desk.workspace, ['ingest', 'decide'], { id: about.agentId })).actor;
  planes = [new DecisionDesk(), new DecisionDesk()];
}, 60_000);
afterEach(() => Promise.all(planes.map((plane) => plane.close())));

const answerSchema = z.object({ lane: z.string(), clauses: z.array(z.object({ code: z.string() })) });
/** What each plane says to a call: its lane and, when it objects, why. */
async function asked(tool: string, run = `run-${hex(4)}`, under?: string): Promise<string[]> {
  return Promise.all(
    planes.map(
      (plane, index) =>
        new Promise<string>((resolve, reject) =>
          plane.decide(key, `${run}-${index}`, { tool, arguments: {} }, under, {
            answer: (json) => {
              const { lane, clauses } = answerSchema.parse(JSON.parse(json));
              resolve([lane, ...clauses.map(({ code }) => code)].join(' '));
            },
            refuse: reject,
          }),
        ),
    ),
  );
}
async function record(...spans: TestSpan[]): Promise<void> {
  await recordSpans(key, decodeTraces(Buffer.from(otlpJson(spans)), 'json', Date.now()).spans);
}
const unknownTool = (start = Date.now() - 60_000) => toolCall({ traceId: hex(16), start }, 'shell.exec', {});
const forbidden = () => toolCall({ traceId: hex(16), start: Date.now() - 60_000 }, 'accounts.delete', {});
const standing = async () => (await getLadder(desk.team.operator, { agent: AGENT })).standing;
const level = async () => (await getAgent(desk.team.operator, AGENT, new Date())).authorityLevel;
async function audited(action: string): Promise<Record<string, unknown>[]> {
  const { rows } = await db().query<{ detail: Record<string, unknown> }>(
    'SELECT detail FROM audit_entry WHERE workspace_id = $1 AND action = $2 ORDER BY id',
    [desk.workspace.id, action],
  );
  return rows.map(({ detail }) => detail);
}

describe('a rule of the contract', () => {
  it('lowers the authority level when breaches add up, at every plane, in runs under way too', async () => {
    expect(await asked('notes.add', 'under-way')).toEqual(['allow', 'allow']);
    await record(unknownTool());
    expect(await level()).toBe('bounded');
    await record(unknownTool());
    await expect
      .poll(() => asked('notes.add', 'under-way'))
      .toEqual(['block authority-level', 'block authority-level']);
    expect(await level()).toBe('read-only');
    expect(await asked('orders.get')).toEqual(['allow', 'allow']);
    expect(await standing()).toMatchObject([
      {
        kind: 'narrow',
        clause: 'failure/ladder/twice',
        by: null,
        fromLevel: 'bounded',
        toLevel: 'read-only',
        gate: 'G6',
        reason: '2 breaches within 7 days',
        incident: 1,
      },
    ]);
    // A third breach asks for nothing more.
    await record(unknownTool());
    expect(await audited('ladder.step-taken')).toEqual([
      expect.objectContaining({ step: 'narrow', from: 'bounded', to: 'read-only', incident: 1 }),
    ]);
  });

  it('of each version that runs of a batch are held to is followed', async () => {
    const early = hex(16);
    await record(toolCall({ traceId: early, start: Date.now() - 60_000 }, 'orders.get', {}));
    const lenient = await desk.submit({ failure: { high: ['page'] }, versioning: { contract: '9.9' } });
    await db().query('UPDATE agent SET contract_version_id = $2 WHERE id = $1', [
      about.agentId,
      lenient.versionId,
    ]);
    await tell({ workspaceId: desk.workspace.id, topic: 'agent', id: about.agentId });
    expect((await contractInForce(desk.workspace.id, about.agentId))?.versionId).toBe(lenient.versionId);
    const stray = (traceId: string) => toolCall({ traceId, start: Date.now() - 50_000 }, 'shell.exec', {});
    // The batch's last run has no ladder.
    await record(stray(early), stray('f'.repeat(32)), unknownTool());
    expect(await standing()).toMatchObject([{ kind: 'narrow', clause: 'failure/ladder/twice' }]);
  });

  it('does not hold against the agent what it did before the level fell', async () => {
    const early = toolCall({ traceId: hex(16), start: Date.now() - 60_000 }, 'notes.add', {});
    await record(unknownTool(), unknownTool());
    // Made before, recorded after.
    await record(early);
    expect((await getRun(desk.team.operator, early.traceId)).breaches).toEqual([]);
    await db().query(`UPDATE intervention SET at = now() - interval '1 minute'`);
    await tell({ workspaceId: desk.workspace.id, topic: 'intervention', id: about.agentId });
    const late = toolCall({ traceId: hex(16), start: Date.now() - 5000 }, 'notes.add', {});
    await record(late);
    expect((await getRun(desk.team.operator, late.traceId)).breaches).toMatchObject([
      { clause: 'authority/level', code: 'authority-level' },
    ]);
  });

  it('pauses after a severe incident: only what remediation needs passes until a person says that all is well', async () => {
    await record(forbidden());
    await expect.poll(() => asked('notes.add')).toEqual(['block agent-held', 'block agent-held']);
    expect(await asked('orders.get')).toEqual(['allow', 'allow']);
    expect(await asked('refunds.cancel')).toEqual(['allow', 'allow']);
    expect(await asked('refunds.pay')).toEqual(['block agent-held', 'block agent-held']);
    const { held, passes } = await getLadder(desk.team.operator, { agent: AGENT });
    expect({ held, passes }).toEqual({
      held: { step: 'pause', recover: true },
      passes: ['orders.get', 'policy.search', 'refunds.cancel'],
    });
    const id = (await standing())[0]?.id ?? '';
    const { operator, engineer, sponsor } = desk.team;
    expect((await refusal(liftIntervention(operator, { id, reason: 'x' }))).message).toContain(
      '2 requirements of its recovery must be met first: cause and fixed',
    );
    expect((await refusal(liftIntervention(engineer, { id, reason: 'x' }))).code).toBe('forbidden');
    expect((await refusal(markRecovered(operator, { id, requirement: 'cause', reason: ' ' }))).code).toBe(
      'invalid',
    );
    await markRecovered(operator, { id, requirement: 'cause', reason: 'A tool of an old version.' });
    await markRecovered(sponsor, { id, requirement: 'fixed', reason: 'Nothing was deleted.' });
    expect((await refusal(markRecovered(operator, { id, requirement: 'fixed', reason: 'x' }))).code).toBe(
      'conflict',
    );
    expect((await refusal(markRecovered(operator, { id, requirement: 'else', reason: 'x' }))).code).toBe(
      'not_found',
    );
    await liftIntervention(operator, { id, reason: 'All is well.' });
    await expect.poll(() => asked('notes.add')).toEqual(['allow', 'allow']);
    expect((await refusal(liftIntervention(operator, { id, reason: 'Again.' }))).code).toBe('conflict');
    expect(await audited('ladder.requirement-met')).toHaveLength(2);
    // What was settled is not held against it: the next breach that is not severe starts the count anew.
    await record(unknownTool());
    expect(await standing()).toEqual([]);
  });

  it('sends to be certified again when the attestation is long overdue, once', async () => {
    const inHalfAYear = new Date(Date.now() + 200 * DAY);
    expect(await Promise.all([applyLadderByTime(inHalfAYear), applyLadderByTime(inHalfAYear)])).toHaveLength(
      2,
    );
    expect(await standing()).toMatchObject([
      { kind: 'recertify', clause: 'failure/ladder/stale', gate: 'G6' },
    ]);
    await expect.poll(() => asked('orders.get')).toEqual(['block agent-held', 'block agent-held']);
  });
});

describe('a person', () => {
  it('takes a step for a reason, and authority comes back by a gate that was opened after it', async () => {
    const { operator, grc, engineer } = desk.team;
    const step = { agent: AGENT, kind: 'narrow', to: 'human-in-the-loop', reason: 'Odd notes.' } as const;
    expect((await refusal(intervene(engineer, step))).code).toBe('forbidden');
    expect((await refusal(intervene(operator, { ...step, reason: '' }))).code).toBe('invalid');
    expect((await refusal(intervene(operator, { ...step, agent: 'nobody' }))).code).toBe('not_found');
    expect((await refusal(intervene(operator, { ...step, to: 'continuous' }))).code).toBe('conflict');
    const { id: before } = await openReview(grc, { agent: AGENT, gate: 'G6' });
    await createEndpoint(operator, {
      url: 'https://1.1.1.1/hook',
      events: ['ladder.step-taken', 'ladder.step-ended'],
    });
    const { id } = await intervene(operator, step);
    await expect.poll(() => asked('notes.add')).toEqual(Array(2).fill('escalate needs-approval'));
    expect((await refusal(liftIntervention(grc, { id, reason: 'x' }))).message).toContain('until G6 passes');
    // Who opened that review did not know of the step.
    await passSigned(before);
    expect(await level()).toBe('human-in-the-loop');
    await passGate(desk.workspace, desk.team, about, 'G6');
    expect(await level()).toBe('bounded');
    await expect.poll(() => asked('notes.add')).toEqual(['allow', 'allow']);
    expect(await audited('ladder.step-ended')).toEqual([
      expect.objectContaining({ step: 'narrow', gate: 'G6', from: 'human-in-the-loop', to: 'bounded' }),
    ]);
    // Receivers hear of both.
    const { rows } = await db().query<{ body: string }>(
      'SELECT body FROM outbox_message WHERE workspace_id = $1 AND endpoint_id IS NOT NULL ORDER BY id',
      [desk.workspace.id],
    );
    const told = rows.map(({ body }) =>
      z.object({ type: z.string(), data: ladderEventSchema }).parse(JSON.parse(body)),
    );
    expect(told).toMatchObject([
      {
        type: 'ladder.step-taken',
        data: {
          agent: { name: AGENT },
          step: 'narrow',
          reason: 'Odd notes.',
          authority: { from: 'bounded', to: 'human-in-the-loop' },
          gate: 'G6',
          by: 'The operator',
        },
      },
      {
        type: 'ladder.step-ended',
        data: { step: 'narrow', authority: { from: 'human-in-the-loop', to: 'bounded' }, gate: 'G6' },
      },
    ]);
  });

  it('takes away what was answered under an idempotency key before, but for what may still be done', async () => {
    expect(await asked('notes.add', 'under-way', 'note')).toEqual(['allow', 'allow']);
    expect(await asked('orders.get', 'under-way', 'read')).toEqual(['allow', 'allow']);
    expect(await asked('notes.add', 'under-way', 'note')).toEqual(['allow', 'allow']);
    await intervene(desk.team.operator, { agent: AGENT, kind: 'narrow', to: 'read-only', reason: 'Odd.' });
    await expect
      .poll(() => refusal(asked('notes.add', 'under-way', 'note')).then(({ code }) => code, String))
      .toBe('conflict');
    expect(await asked('orders.get', 'under-way', 'read')).toEqual(['allow', 'allow']);
  });

  it('is heard by every plane within a second', async () => {
    const { operator } = desk.team;
    const told = async (lane: string) => {
      const began = performance.now();
      await expect.poll(() => asked('orders.get'), { interval: 20 }).toEqual([lane, lane]);
      return performance.now() - began;
    };
    const took = await soonest(1000, async () => {
      const { id } = await intervene(operator, { agent: AGENT, kind: 'pause', reason: 'Stop and look.' });
      const paused = await told('block agent-held');
      for (const requirement of ['cause', 'fixed'])
        await markRecovered(operator, { id, requirement, reason: 'Known.' });
      await liftIntervention(operator, { id, reason: 'All is well.' });
      return Math.max(paused, await told('allow'));
    });
    expect(took).toBeLessThan(1000);
  });

  it('finds two pauses one too many, and a pause without an incident lets nothing pass', async () => {
    const { operator } = desk.team;
    await intervene(operator, { agent: AGENT, kind: 'pause', reason: 'Stop and look.' });
    await expect.poll(() => asked('orders.get')).toEqual(['block agent-held', 'block agent-held']);
    expect((await refusal(intervene(operator, { agent: AGENT, kind: 'pause', reason: 'x' }))).code).toBe(
      'conflict',
    );
  });

  it('who meets the last requirement after the gate has passed ends the step', async () => {
    const { operator } = desk.team;
    const { id } = await intervene(operator, {
      agent: AGENT,
      kind: 'recertify',
      reason: 'Look at all of it.',
    });
    await markRecovered(operator, { id, requirement: 'cause', reason: 'Known.' });
    await passGate(desk.workspace, desk.team, about, 'G6');
    expect(await standing()).toMatchObject([{ kind: 'recertify', passedAt: expect.any(String) }]);
    await markRecovered(operator, { id, requirement: 'fixed', reason: 'Done.' });
    expect(await standing()).toEqual([]);
  });

  async function passSigned(reviewId: string): Promise<void> {
    await givenAllEvidence(desk.workspace, about, 'G6');
    for (const role of ['operator', 'sponsor'] as const) await signAs(desk.team[role], reviewId, role);
  }
});
