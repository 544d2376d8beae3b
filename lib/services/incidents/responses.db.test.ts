import { beforeEach, describe, expect, it } from 'vitest';
import type { Actor } from '@/lib/auth/actor';
import type { ContractInput } from '@/lib/contract/schema';
import { db } from '@/lib/db/pool';
import { agentFilterSchema } from '@/lib/services/agents/agent-filters';
import { listAgents } from '@/lib/services/agents/list-agents';
import { listNotifications } from '@/lib/services/notifications/list';
import { getRollbacks } from '@/lib/services/rollbacks/get-rollbacks';
import { getRun } from '@/lib/services/runs/get-run';
import { recordSpans } from '@/lib/services/runs/record-spans';
import { stopRun } from '@/lib/services/runs/stop-run';
import { aContract } from '@/lib/services/testing/a-contract';
import {
  type GivenAgent,
  type GivenVersion,
  type GivenWorkspace,
  givenAgent,
  givenKey,
  givenPerson,
  givenVersion,
  givenWorkspace,
} from '@/lib/services/testing/given';
import { givenRun } from '@/lib/services/testing/given-run';
import { hex, otlpJson, toolCall } from '@/lib/services/testing/otlp';
import { refusal } from '@/lib/services/testing/refusal';
import { tell } from '@/lib/services/testing/tell';
import { createEndpoint } from '@/lib/services/webhooks/create-endpoint';
import { decodeTraces } from '@/lib/telemetry/decode';
import { getIncident } from './get-incident';
import { resolveIncident } from './resolve-incident';
import { rollBack } from './roll-back';

const IBAN = { iban: 'DE89 3704 0044 0532 0130 00' };
const OPERATOR = 'operator@example.com';

let workspace: GivenWorkspace;
let agent: GivenAgent;
let dana: Actor;
let key: Actor;

const contract = (version: string, failure: ContractInput['failure'] = {}) =>
  aContract({ versioning: { contract: version }, ownership: { operator: OPERATOR }, failure });

beforeEach(async () => {
  workspace = await givenWorkspace();
  dana = await givenPerson(workspace, ['operator'], {
    name: 'Dana Whitfield',
    email: `${workspace.slug}-${OPERATOR}`,
  });
  await createEndpoint(dana, { url: 'https://1.1.1.1/hook' });
  key = (await givenKey(workspace, ['ingest'])).actor;
});

/** Runs once: `bad` what it does. */
async function runs(does: 'well' | 'a malformed call' | 'leak bank details') {
  const traceId = hex(16);
  const start = Date.now() - 60_000;
  const args = does === 'a malformed call' ? { order: 1 } : { orderId: 'A' };
  const result = does === 'leak bank details' ? IBAN : {};
  const span = toolCall({ traceId, start }, 'orders.get', args, result);
  await recordSpans(key, decodeTraces(Buffer.from(otlpJson([span])), 'json', Date.now()).spans);
  return traceId;
}
async function inForce(version: GivenVersion) {
  await db().query('UPDATE agent SET contract_version_id = $2 WHERE id = $1', [agent.id, version.id]);
  await tell({ workspaceId: workspace.id, topic: 'agent', id: agent.id });
}
async function numberInForce() {
  const { rows } = await db().query<{ number: number }>(
    'SELECT v.number FROM agent a JOIN contract_version v ON v.id = a.contract_version_id WHERE a.id = $1',
    [agent.id],
  );
  return rows[0]?.number;
}
async function incidentOf(traceId: string) {
  const run = await getRun(dana, traceId);
  if (run.incident === null) throw new Error('The run opened no incident.');
  return getIncident(dana, run.incident.number, new Date());
}
const told = async () =>
  (
    await db().query<{ type: string; body: string }>(
      'SELECT type, body FROM outbox_message WHERE workspace_id = $1 ORDER BY created_at, id',
      [workspace.id],
    )
  ).rows.map(({ type, body }) => ({ type, ...JSON.parse(body) }));

describe('a clause that warns', () => {
  beforeEach(async () => {
    agent = await givenAgent(workspace, contract('1.0'));
  });

  it('tells the operator in the app and by webhook, and neither pauses nor opens an incident', async () => {
    const traceId = await runs('a malformed call');
    const run = await getRun(dana, traceId);
    expect(run).toMatchObject({ status: 'finished', incident: null, breachCount: 1 });
    expect((await listNotifications(dana)).notifications).toMatchObject([
      {
        kind: 'run.warned',
        title: expect.stringContaining('arguments outside the contract'),
        incident: null,
      },
    ]);
    expect(await told()).toMatchObject([
      {
        type: 'run.warned',
        data: {
          run: { key: traceId, status: 'finished' },
          clause: 'tools/orders.get/arguments',
          severity: 'medium',
          message: expect.stringContaining('arguments outside the contract'),
          by: null,
        },
      },
    ]);
    expect(run.record).toMatchObject([
      { action: 'run.warned', actor: 'system', detail: { severity: 'medium', notified: ['Dana Whitfield'] } },
    ]);
  });

  it('says so when a run that was told to stop goes on breaking clauses: no incident is open to say it', async () => {
    const traceId = await runs('leak bank details');
    const { id } = await getRun(dana, traceId);
    await stopRun(dana, { runId: id, reason: 'No.' });
    await db().query(
      `UPDATE run SET stop_requested_at = now() - interval '10 minutes', pauses = '[]' WHERE id = $1`,
      [id],
    );
    const start = Date.now() - 30_000;
    const late = toolCall({ traceId, start }, 'orders.get', { orderId: 'B' });
    await recordSpans(key, decodeTraces(Buffer.from(otlpJson([late])), 'json', Date.now()).spans);
    expect((await listNotifications(dana)).notifications).toContainEqual(
      expect.objectContaining({ kind: 'run.warned', title: expect.stringContaining('although the run was') }),
    );
  });
});

describe('a clause that rolls back', () => {
  const critical = ['page', 'pause', 'roll-back'] as const;

  it('at once puts the last version that did well back in force, in the breach’s own transaction', async () => {
    agent = await givenAgent(workspace, contract('1.0'));
    await runs('well');
    // The second version broke a clause badly, so it is not what to go back to.
    const second = await givenVersion(workspace, agent, contract('2.0'));
    await inForce(second);
    const { number } = await incidentOf(await runs('leak bank details'));
    await resolveIncident(dana, { number, resolution: 'stopped', reason: 'Bank details.' });
    const third = await givenVersion(
      workspace,
      agent,
      contract('3.0', { rollback: 'at-once', critical: [...critical] }),
    );
    await inForce(third);
    const incident = await incidentOf(await runs('leak bank details'));
    expect(await numberInForce()).toBe(1);
    expect(incident.rollback).toMatchObject({
      state: 'done',
      from: { number: 3, name: '3.0' },
      to: { number: 1, name: '1.0' },
      by: null,
    });
    expect(incident.run.contract?.number).toBe(3);
    const { rows } = await db().query(
      `SELECT actor, action, detail FROM audit_entry WHERE subject = $1 AND action = 'contract.put-in-force'`,
      [`agent:${agent.id}`],
    );
    expect(rows).toMatchObject([{ actor: 'system', detail: { number: 1 } }]);
  });

  it('says so when there is no earlier version that did well', async () => {
    agent = await givenAgent(workspace, contract('1.0', { rollback: 'at-once', critical: [...critical] }));
    const incident = await incidentOf(await runs('leak bank details'));
    expect(await numberInForce()).toBe(1);
    expect(incident.rollback).toMatchObject({ state: 'nothing-to-go-back-to', from: { number: 1 } });
  });

  it('proposes it to those who may, who give a reason', async () => {
    agent = await givenAgent(workspace, contract('1.0'));
    await runs('well');
    await inForce(
      await givenVersion(workspace, agent, contract('2.0', { rollback: 'propose', critical: [...critical] })),
    );
    const incident = await incidentOf(await runs('leak bank details'));
    expect(await numberInForce()).toBe(2);
    expect(incident.rollback).toMatchObject({ state: 'proposed', from: { number: 2 }, to: { number: 1 } });
    expect((await getRollbacks(dana, incident.number))?.may.rollBack.allowed).toBe(true);

    const auditor = await givenPerson(workspace, ['auditor']);
    const { number } = incident;
    expect((await refusal(rollBack(auditor, { number, to: 1, reason: 'x' }))).code).toBe('forbidden');
    expect((await refusal(rollBack(dana, { number, to: 1, reason: ' ' }))).code).toBe('invalid');
    expect((await refusal(rollBack(dana, { number, to: 7, reason: 'x' }))).code).toBe('conflict');
    await rollBack(dana, { number, to: 1, reason: 'Bank details must not come in.' });
    expect(await numberInForce()).toBe(1);
    const after = await getIncident(dana, number, new Date());
    expect(after.rollback).toMatchObject({
      state: 'done',
      from: { number: 2 },
      to: { number: 1 },
      by: 'Dana Whitfield',
    });
    expect((await refusal(rollBack(dana, { number, to: 1, reason: 'Again.' }))).code).toBe('conflict');
  });

  it('can still go back once the run was stopped, while the version that failed is in force', async () => {
    agent = await givenAgent(workspace, contract('1.0'));
    await runs('well');
    await inForce(
      await givenVersion(workspace, agent, contract('2.0', { rollback: 'propose', critical: [...critical] })),
    );
    const { number } = await incidentOf(await runs('leak bank details'));
    await resolveIncident(dana, { number, resolution: 'stopped', reason: 'Bank details.' });
    expect(await getIncident(dana, number, new Date())).toMatchObject({
      state: 'resolved',
      rollback: { state: 'proposed', from: { number: 2 }, to: { number: 1 } },
    });
    expect((await getRollbacks(dana, number))?.may.rollBack.allowed).toBe(true);
    await rollBack(dana, { number, to: 1, reason: 'Further runs are not to see them.' });
    expect(await numberInForce()).toBe(1);
    const after = await getIncident(dana, number, new Date());
    expect(after).toMatchObject({
      state: 'resolved',
      resolution: 'stopped',
      rollback: { state: 'done', by: 'Dana Whitfield', reason: 'Further runs are not to see them.' },
    });
  });

  it('leaves alone what somebody has put in force since', async () => {
    agent = await givenAgent(workspace, contract('1.0'));
    await runs('well');
    await inForce(
      await givenVersion(workspace, agent, contract('2.0', { rollback: 'propose', critical: [...critical] })),
    );
    const traceId = await runs('leak bank details');
    await inForce(await givenVersion(workspace, agent, contract('3.0')));
    const incident = await incidentOf(traceId);
    expect(incident.rollback).toMatchObject({
      state: 'superseded',
      from: { number: 2 },
      inForce: { number: 3 },
    });
    await resolveIncident(dana, { number: incident.number, resolution: 'stopped', reason: 'Done.' });
    expect((await refusal(rollBack(dana, { number: incident.number, to: 1, reason: 'x' }))).code).toBe(
      'conflict',
    );
  });
});

describe('the agent’s score', () => {
  it('is one figure, on the page, in the list and in what receivers are told', async () => {
    agent = await givenAgent(workspace, contract('1.0'));
    for (const score of [90, 80.1, 70.2])
      await givenRun(workspace, agent, { score, startedAt: new Date(Date.now() - 3_600_000).toISOString() });
    const incident = await incidentOf(await runs('leak bank details'));
    const [listed] = (await listAgents(dana, agentFilterSchema.parse({}), new Date())).rows;
    const event = (await told()).find(({ type }) => type === 'incident.opened');
    expect(incident.agentScore.score).not.toBeNull();
    expect(listed?.score).toBe(incident.agentScore.score);
    expect(event?.data.agent.score).toBe(incident.agentScore.score);
  });
});

describe('what was found', () => {
  it('is shown masked, with where it stands and in which document', async () => {
    agent = await givenAgent(workspace, contract('1.0'));
    const incident = await incidentOf(await runs('leak bank details'));
    expect(incident.found).toMatchObject([
      {
        category: 'bank-account',
        tool: 'orders.get',
        part: 'result',
        path: 'iban',
        masked: 'DE89…3000',
        document: null,
      },
    ]);
    expect(JSON.stringify(incident)).not.toContain('3704');
  });
});
