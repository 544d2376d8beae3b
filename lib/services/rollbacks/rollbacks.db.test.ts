import { beforeEach, describe, expect, it } from 'vitest';
import type { Actor } from '@/lib/auth/actor';
import type { ContractInput } from '@/lib/contract/schema';
import { db } from '@/lib/db/pool';
import { putInForce } from '@/lib/services/contracts/put-in-force';
import { rollBack } from '@/lib/services/incidents/roll-back';
import { getRun } from '@/lib/services/runs/get-run';
import { pauseRun } from '@/lib/services/runs/pause-run';
import { recordSpans } from '@/lib/services/runs/record-spans';
import { resumeRun } from '@/lib/services/runs/resume-run';
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
import { reportCodeRollback } from './code-rollback';
import { confirmRollback } from './confirm-rollback';
import { getRollbacks } from './get-rollbacks';
import { holdStragglers } from './hold-stragglers';
import { releaseRuns } from './release-runs';
import { reverseRollback } from './reverse-rollback';

const IBAN = { iban: 'DE89 3704 0044 0532 0130 00' };

let workspace: GivenWorkspace;
let agent: GivenAgent;
let second: GivenVersion;
let dana: Extract<Actor, { kind: 'person' }>;
let key: Actor;

const contract = (version: string, failure: ContractInput['failure'] = {}) =>
  aContract({
    versioning: { contract: version, code: `refund-desk@${version}` },
    ownership: { operator: 'operator@example.com' },
    failure: { high: ['page', 'pause', 'roll-back'], ...failure },
  });

beforeEach(async () => {
  workspace = await givenWorkspace();
  dana = await givenPerson(workspace, ['operator'], { name: 'Dana Whitfield' });
  await createEndpoint(dana, { url: 'https://1.1.1.1/hook' });
  key = (await givenKey(workspace, ['ingest'])).actor;
});

/** An agent whose version 1.0 did well and whose version 1.1 is in force. */
async function givenTwoVersions(failure: ContractInput['failure'] = {}): Promise<void> {
  agent = await givenAgent(workspace, contract('1.0', failure));
  await givenRun(workspace, agent);
  second = await givenVersion(workspace, agent, contract('1.1', failure));
  await inForce(second.id);
}
async function inForce(versionId: string): Promise<void> {
  await db().query('UPDATE agent SET contract_version_id = $2 WHERE id = $1', [agent.id, versionId]);
  await tell({ workspaceId: workspace.id, topic: 'agent', id: agent.id });
}
/** A run leaks bank details, which breaks a clause of severity high. Answers the incident's number. */
async function leak(): Promise<number> {
  const traceId = hex(16);
  const span = toolCall({ traceId, start: Date.now() - 5000 }, 'orders.get', { orderId: 'A' }, IBAN);
  await recordSpans(key, decodeTraces(Buffer.from(otlpJson([span])), 'json', Date.now()).spans);
  const run = await getRun(dana, traceId);
  if (run.incident === null) throw new Error('No incident was opened.');
  return run.incident.number;
}
const underWay = (count: number, version: { id: string; digest: string } = second) =>
  Promise.all(
    Array.from({ length: count }, () =>
      givenRun(workspace, { id: agent.id, version }, { status: 'running' }),
    ),
  );
const statuses = async (runs: readonly { id: string }[]) =>
  (
    await db().query<{ status: string }>('SELECT status FROM run WHERE id = ANY($1::uuid[])', [
      runs.map(({ id }) => id),
    ])
  ).rows.map(({ status }) => status);
async function numberInForce() {
  const { rows } = await db().query<{ number: number }>(
    'SELECT v.number FROM agent a JOIN contract_version v ON v.id = a.contract_version_id WHERE a.id = $1',
    [agent.id],
  );
  return rows[0]?.number;
}
const told = async (type: string) =>
  (
    await db().query<{ body: string }>(
      'SELECT body FROM outbox_message WHERE workspace_id = $1 AND type = $2 ORDER BY created_at, id',
      [workspace.id, type],
    )
  ).rows.map(({ body }) => JSON.parse(body).data);
const recorded = async (action: string) =>
  (
    await db().query<{ actor_name: string; detail: Record<string, unknown> }>(
      'SELECT actor_name, detail FROM audit_entry WHERE workspace_id = $1 AND action = $2 ORDER BY id',
      [workspace.id, action],
    )
  ).rows;
async function standing(number: number) {
  const found = await getRollbacks(dana, number);
  if (found === null) throw new Error('Nothing is said of a rollback.');
  return found;
}
async function latest(number: number) {
  const [rollback] = (await standing(number)).rollbacks;
  if (rollback === undefined) throw new Error('Nothing was rolled back.');
  return rollback;
}

describe('a rollback at once', () => {
  it('waits for the operator, who confirms it', async () => {
    await givenTwoVersions({ rollback: 'at-once' });
    const number = await leak();
    expect(await numberInForce()).toBe(1);
    const rollback = await latest(number);
    expect(rollback).toMatchObject({
      state: 'unconfirmed',
      how: 'at-once',
      from: { number: 2, name: '1.1' },
      to: { number: 1, name: '1.0' },
      by: null,
      handling: 'finish',
      standing: true,
    });
    expect(await told('contract.rolled-back')).toMatchObject([
      { how: 'at-once', from: { version: 2 }, to: { version: 1 }, incident: { number }, by: null },
    ]);
    await confirmRollback(dana, { rollbackId: rollback.id, note: 'Right so.' });
    expect(await latest(number)).toMatchObject({
      state: 'confirmed',
      settledBy: 'Dana Whitfield',
      settleReason: 'Right so.',
    });
    expect(await recorded('rollback.confirmed')).toMatchObject([
      { actor_name: 'Dana Whitfield', detail: { from: 2, to: 1, reason: 'Right so.' } },
    ]);
    expect((await refusal(confirmRollback(dana, { rollbackId: rollback.id, note: '' }))).message).toBe(
      'This rollback was confirmed before by Dana Whitfield.',
    );
  });

  it('is reversed by the operator, for a reason: the other version decides again', async () => {
    await givenTwoVersions({ rollback: 'at-once' });
    const number = await leak();
    const { id } = await latest(number);
    expect(await refusal(reverseRollback(dana, { rollbackId: id, reason: ' ' }))).toMatchObject({
      code: 'invalid',
      issues: [{ path: 'reason' }],
    });
    await reverseRollback(dana, { rollbackId: id, reason: 'A false alarm.' });
    expect(await numberInForce()).toBe(2);
    expect(await latest(number)).toMatchObject({ state: 'reversed', settleReason: 'A false alarm.' });
    expect(await told('contract.rollback-reversed')).toMatchObject([{ by: 'Dana Whitfield' }]);
    expect((await refusal(reverseRollback(dana, { rollbackId: id, reason: 'Again.' }))).message).toBe(
      'This rollback was reversed before by Dana Whitfield.',
    );
  });

  it('cannot be reversed once yet another version decides', async () => {
    await givenTwoVersions({ rollback: 'at-once' });
    const { id } = await latest(await leak());
    const third = await givenVersion(workspace, agent, contract('1.2'));
    await inForce(third.id);
    const refused = await refusal(reverseRollback(dana, { rollbackId: id, reason: 'Back.' }));
    expect(refused).toMatchObject({ code: 'conflict' });
    expect(refused.message).toMatch(/^Version 3 has been put in force since/);
    expect(await numberInForce()).toBe(3);
  });

  it('is made once, however many runs break the clause at once', async () => {
    await givenTwoVersions({ rollback: 'at-once' });
    const numbers = await Promise.all([leak(), leak(), leak(), leak()]);
    expect(await numberInForce()).toBe(1);
    const { rows } = await db().query('SELECT FROM rollback WHERE agent_id = $1', [agent.id]);
    expect(rows).toHaveLength(1);
    expect(numbers.length).toBe(4);
  });

  it('never raises what the agent may do: that is proposed to people', async () => {
    agent = await givenAgent(workspace, contract('1.0'));
    await givenRun(workspace, agent);
    const narrower = { ...contract('1.1', { rollback: 'at-once' }) };
    second = await givenVersion(workspace, agent, {
      ...narrower,
      authority: { ...narrower.authority, level: 'human-in-the-loop' },
    });
    await inForce(second.id);
    const number = await leak();
    expect(await numberInForce()).toBe(2);
    expect(await standing(number)).toMatchObject({
      rollbacks: [],
      proposal: { state: 'possible', to: { number: 1 }, asked: true },
    });
    expect(await recorded('incident.rollback-left-to-people')).toMatchObject([
      { detail: { from: 2, to: 1, toLevel: 'bounded' } },
    ]);
    await leak();
    expect(await recorded('incident.rollback-left-to-people')).toHaveLength(1);
    await rollBack(dana, { number, to: 1, reason: 'Rather that.' });
    expect(await numberInForce()).toBe(1);
  });

  it('is not for those who may not, nor for other workspaces', async () => {
    await givenTwoVersions({ rollback: 'at-once' });
    const { id } = await latest(await leak());
    const engineer = await givenPerson(workspace, ['engineer']);
    const stranger = await givenPerson(await givenWorkspace(), ['operator']);
    expect((await refusal(reverseRollback(engineer, { rollbackId: id, reason: 'x' }))).code).toBe(
      'forbidden',
    );
    expect((await refusal(reverseRollback(stranger, { rollbackId: id, reason: 'x' }))).code).toBe(
      'not_found',
    );
    expect((await refusal(confirmRollback(stranger, { rollbackId: id, note: '' }))).code).toBe('not_found');
    expect((await refusal(confirmRollback(dana, { rollbackId: 'no id', note: '' }))).code).toBe('not_found');
  });
});

describe('a proposed rollback', () => {
  it('is made by a person, who has thereby confirmed it and can reverse it', async () => {
    await givenTwoVersions();
    const number = await leak();
    expect(await numberInForce()).toBe(2);
    expect(await standing(number)).toMatchObject({
      rollbacks: [],
      proposal: { state: 'possible', to: { number: 1 }, asked: true, handling: 'finish' },
      may: { rollBack: { allowed: true } },
    });
    await rollBack(dana, { number, to: 1, reason: 'It leaks.' });
    expect(await latest(number)).toMatchObject({
      state: 'confirmed',
      how: 'by-person',
      by: 'Dana Whitfield',
    });
    expect((await refusal(rollBack(dana, { number, to: 1, reason: 'Again.' }))).message).toBe(
      'Version 1 has been put in force since: there is nothing to roll back.',
    );
    await reverseRollback(dana, { rollbackId: (await latest(number)).id, reason: 'It did not.' });
    expect(await numberInForce()).toBe(2);
    // What was reversed may be done again.
    expect((await standing(number)).proposal).toMatchObject({ state: 'possible' });
  });

  it('made by two at once, or while another version is put in force, happens once', async () => {
    await givenTwoVersions();
    const number = await leak();
    const both = await Promise.allSettled([
      rollBack(dana, { number, to: 1, reason: 'One.' }),
      rollBack(dana, { number, to: 1, reason: 'Two.' }),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);

    const third = await givenVersion(workspace, agent, contract('1.2'));
    await inForce(second.id);
    await db().query(`UPDATE agent SET stage = 'discovery' WHERE id = $1`, [agent.id]);
    const sponsor = await givenPerson(workspace, ['sponsor']);
    const meeting = await Promise.allSettled([
      rollBack(dana, { number, to: 1, reason: 'Back.' }),
      putInForce(sponsor, { agent: agent.name, number: third.number }),
    ]);
    // Whoever came second decided on what was in force then.
    if (meeting[0].status === 'rejected') expect(String(meeting[0].reason)).toContain('put in force since');
    expect(meeting[1].status).toBe('fulfilled');
    expect(await numberInForce()).toBe(3);
  });
});

describe('runs under way', () => {
  it('finish under their version unless the clause says otherwise', async () => {
    await givenTwoVersions({ rollback: 'at-once' });
    const runs = await underWay(3);
    const number = await leak();
    expect(await statuses(runs)).toEqual(['running', 'running', 'running']);
    expect(await latest(number)).toMatchObject({ handling: 'finish', runsUnderWay: 3, runs: { held: 0 } });
  });

  it('are paused with the rollback, each audited, and receivers are told of all of them by few deliveries', async () => {
    await givenTwoVersions({ rollback: 'at-once', runningRuns: 'pause' });
    const runs = await underWay(500);
    const [other] = await underWay(1, agent.version);
    const number = await leak();
    expect(new Set(await statuses(runs))).toEqual(new Set(['paused']));
    expect(await statuses(other === undefined ? [] : [other])).toEqual(['running']);
    expect(await latest(number)).toMatchObject({ runsUnderWay: 500, runs: { held: 500, waiting: 500 } });
    const batches = await told('runs.paused');
    expect(batches.length).toBeLessThanOrEqual(2);
    expect(batches.flatMap((batch) => batch.runs).sort()).toEqual(runs.map((run) => run.key).sort());
    expect(await told('run.paused')).toEqual([]);
    const entries = await recorded('run.paused');
    expect(entries.filter(({ detail }) => detail.incident === number)).toHaveLength(500);
  }, 30_000);

  it('go on when the rollback is reversed, unless they wait for something else', async () => {
    await givenTwoVersions({ rollback: 'at-once', runningRuns: 'pause' });
    const runs = await underWay(2);
    const number = await leak();
    const rollback = await latest(number);
    // Somebody let one go on and paused it again for a reason of its own.
    const [one] = runs;
    if (one === undefined) throw new Error('no run');
    await resumeRun(dana, { runId: one.id, reason: 'Fine.' });
    expect((await latest(number)).runs).toMatchObject({ held: 2, waiting: 1, resumed: 1 });
    expect(await reverseRollback(dana, { rollbackId: rollback.id, reason: 'No.' })).toMatchObject({
      resumed: 1,
    });
    expect(await statuses(runs)).toEqual(['running', 'running']);
    expect(await told('runs.resumed')).toHaveLength(1);
    const incident = await db().query<{ status: string }>(
      'SELECT r.status FROM run r JOIN incident i ON i.run_id = r.id WHERE i.number = $1 AND i.workspace_id = $2',
      [number, workspace.id],
    );
    expect(incident.rows).toEqual([{ status: 'paused' }]);
  });

  it('that were paused are let go on or stopped together', async () => {
    await givenTwoVersions({ rollback: 'at-once', runningRuns: 'pause' });
    const runs = await underWay(3);
    const { id } = await latest(await leak());
    const auditor = await givenPerson(workspace, ['auditor']);
    expect(
      (await refusal(releaseRuns(auditor, { rollbackId: id, release: 'stopped', reason: 'x' }))).code,
    ).toBe('forbidden');
    expect(await releaseRuns(dana, { rollbackId: id, release: 'stopped', reason: 'Start over.' })).toBe(3);
    expect(await statuses(runs)).toEqual(['stopping', 'stopping', 'stopping']);
    expect((await refusal(releaseRuns(dana, { rollbackId: id, release: 'resumed', reason: 'x' }))).code).toBe(
      'conflict',
    );
  });

  it('are asked to stop where the clause says so, and stay so when it is reversed', async () => {
    await givenTwoVersions({ rollback: 'at-once', runningRuns: 'stop' });
    const runs = await underWay(2);
    const { id, runs: held } = await latest(await leak());
    expect(held).toMatchObject({ held: 2, stopping: 2 });
    expect(await statuses(runs)).toEqual(['stopping', 'stopping']);
    expect(await told('runs.stop-requested')).toMatchObject([{ total: 2, part: 1, parts: 1 }]);
    await reverseRollback(dana, { rollbackId: id, reason: 'No.' });
    expect(await statuses(runs)).toEqual(['stopping', 'stopping']);
  });

  it('that began before their plane had heard are held soon after, but none that a person let go on', async () => {
    await givenTwoVersions({ rollback: 'at-once', runningRuns: 'pause' });
    const [early] = await underWay(1);
    if (early === undefined) throw new Error('no run');
    const number = await leak();
    await resumeRun(dana, { runId: early.id, reason: 'Let it.' });
    const [late] = await underWay(1);
    await holdStragglers();
    await holdStragglers();
    expect(await statuses(late === undefined ? [] : [late])).toEqual(['paused']);
    expect(await statuses([early])).toEqual(['running']);
    expect((await latest(number)).runs).toMatchObject({ held: 2, waiting: 1 });
    await pauseRun(dana, { runId: early.id, reason: 'After all.' });
    // A pause of a person's own is the person's to end.
    expect((await latest(number)).runs.waiting).toBe(1);
  });
});

describe('the code', () => {
  it('is asked of the hook the contract names, once, and its end is told by the hook', async () => {
    await createEndpoint(dana, { url: 'https://1.0.0.1/deploy' });
    await db().query(
      `UPDATE webhook_endpoint SET name = 'deployer' WHERE workspace_id = $1 AND url LIKE '%deploy'`,
      [workspace.id],
    );
    await givenTwoVersions({ rollback: 'at-once', codeRollback: { hook: 'deployer' } });
    const number = await leak();
    const [asked] = await told('code.rollback-requested');
    expect(asked).toMatchObject({ from: 'refund-desk@1.1', to: 'refund-desk@1.0', incident: { number } });
    expect(await told('code.rollback-requested')).toHaveLength(1);
    const { id } = asked.codeRollback;
    const hook = (await givenKey(workspace, ['decide'])).actor;
    const stranger = (await givenKey(await givenWorkspace(), ['decide'])).actor;
    expect((await refusal(reportCodeRollback(stranger, { id, state: 'done' }))).code).toBe('not_found');
    await reportCodeRollback(hook, { id, state: 'failed', detail: 'The image is gone.' });
    expect((await standing(number)).code).toMatchObject([{ state: 'failed', detail: 'The image is gone.' }]);
    await reportCodeRollback(hook, { id, state: 'done', detail: 'Rebuilt it.' });
    expect(await reportCodeRollback(hook, { id, state: 'done' })).toMatchObject({ detail: 'Rebuilt it.' });
    expect((await refusal(reportCodeRollback(hook, { id, state: 'failed' }))).code).toBe('conflict');
    expect((await standing(number)).code).toMatchObject([
      { state: 'done', hook: 'deployer', endedBy: 'decide key', problem: null },
    ]);
  });

  it('has failed at once where nobody has set up the hook, and is left alone where it is the same', async () => {
    await givenTwoVersions({ rollback: 'at-once', codeRollback: { hook: 'nobody' } });
    expect((await standing(await leak())).code).toMatchObject([
      { state: 'failed', detail: 'No webhook endpoint is named "nobody".' },
    ]);
    workspace = await givenWorkspace();
    dana = await givenPerson(workspace, ['operator']);
    key = (await givenKey(workspace, ['ingest'])).actor;
    await givenTwoVersions({ rollback: 'at-once', codeRollback: { hook: 'nobody', to: 'refund-desk@1.1' } });
    expect((await standing(await leak())).code).toEqual([]);
  });
});
