import { beforeEach, describe, expect, it } from 'vitest';
import type { Actor } from '@/lib/auth/actor';
import type { ContractInput } from '@/lib/contract/schema';
import { db } from '@/lib/db/pool';
import { digestOf } from '@/lib/evidence/digest';
import { getUndoLedger } from '@/lib/services/rollbacks/get-undo-ledger';
import { requestDelivered } from '@/lib/services/rollbacks/request-delivered';
import { getRun } from '@/lib/services/runs/get-run';
import { recordSpans } from '@/lib/services/runs/record-spans';
import { aContract } from '@/lib/services/testing/a-contract';
import {
  type GivenWorkspace,
  givenAgent,
  givenKey,
  givenPerson,
  givenWorkspace,
} from '@/lib/services/testing/given';
import { hex, otlpJson, type TestSpan, toolCall } from '@/lib/services/testing/otlp';
import { refusal } from '@/lib/services/testing/refusal';
import { createEndpoint } from '@/lib/services/webhooks/create-endpoint';
import { decodeTraces } from '@/lib/telemetry/decode';
import { approveCompensation } from './approve';
import { declineCompensation } from './decline';
import { expireCompensations } from './expire';
import { getCompensations } from './get-compensations';
import { proposeRest } from './propose-rest';
import { reopenCompensation } from './reopen';
import { reportCompensation } from './report';

const IBAN = { iban: 'DE89 3704 0044 0532 0130 00' };

let workspace: GivenWorkspace;
let dana: Extract<Actor, { kind: 'person' }>;
let key: Actor;
let receiver: Actor;
let traceId: string;

beforeEach(async () => {
  workspace = await givenWorkspace();
  dana = await givenPerson(workspace, ['operator'], { name: 'Dana Whitfield' });
  key = (await givenKey(workspace, ['ingest'])).actor;
  receiver = (await givenKey(workspace, ['decide'])).actor;
  traceId = hex(16);
});

/** An agent that pays refunds by itself, and a receiver of what is asked for. */
async function given(failure: ContractInput['failure'] = {}, endpoint = true): Promise<void> {
  await givenAgent(
    workspace,
    aContract({
      failure,
      evidence: [],
      authority: { defaults: { read: 'alone', write: 'alone', transact: 'alone' }, rules: [] },
    }),
  );
  if (endpoint) await createEndpoint(dana, { url: 'https://1.1.1.1/hook' });
}
let seconds = 0;
const call = (tool: string, args: unknown, result: unknown = {}, agoMs = 60_000): TestSpan => {
  seconds += 1;
  return toolCall({ traceId, start: Date.now() - agoMs + seconds }, tool, args, result);
};
const record = (...spans: TestSpan[]) =>
  recordSpans(key, decodeTraces(Buffer.from(otlpJson(spans)), 'json', Date.now()).spans);
const leak = () => call('orders.get', { orderId: 'A1' }, IBAN);
async function incident(): Promise<number> {
  const run = await getRun(dana, traceId);
  if (run.incident === null) throw new Error('No incident was opened.');
  return run.incident.number;
}
async function compensations() {
  return (await getCompensations(dana, await incident(), new Date()))?.items ?? [];
}
async function only() {
  const [one, ...more] = await compensations();
  if (one === undefined || more.length > 0) throw new Error('Not exactly one compensation.');
  return one;
}
const asked = async () =>
  (
    await db().query<{ id: string; body: string }>(
      `SELECT id, body FROM outbox_message WHERE workspace_id = $1 AND type = 'compensation.requested' ORDER BY created_at, id`,
      [workspace.id],
    )
  ).rows.map(({ id, body }) => ({ message: id, ...JSON.parse(body).data }));
const delivered = (message: string) =>
  requestDelivered(db(), { id: message, workspaceId: workspace.id, type: 'compensation.requested' });
const recorded = async () =>
  (
    await db().query<{ action: string }>(
      `SELECT action FROM audit_entry WHERE workspace_id = $1 AND subject LIKE 'compensation:%' ORDER BY id`,
      [workspace.id],
    )
  ).rows.map(({ action }) => action);

describe('what is proposed to be undone', () => {
  it('goes on by itself where a run wrote more than is proposed at a time, though nothing more is heard of it', async () => {
    await given({ compensations: [{ id: 'back', tool: 'refunds.pay', by: 'refunds.reverse' }] });
    const paid = Array.from({ length: 620 }, (_, n) => call('refunds.pay', { orderId: `A${n}` }));
    await record(...paid, leak());
    const number = await incident();
    const total = async () => (await getCompensations(dana, number, new Date()))?.total;
    expect(await total()).toBe(500);
    await proposeRest(new Date());
    expect(await total()).toBe(620);
    await proposeRest(new Date());
    expect(await total()).toBe(620);
  });

  it('is each write of the run that a tool undoes, with everything a receiver needs, once it is approved', async () => {
    await given();
    const args = { orderId: 'A1', amount: 40 };
    const pay = call('refunds.pay', args);
    await record(pay, call('notes.add', { text: 'x' }), leak());
    const proposed = await only();
    expect(proposed).toMatchObject({
      state: 'proposed',
      tool: 'refunds.pay',
      by: 'refunds.reverse',
      clause: 'tools/refunds.pay/reversible',
      approval: 'operator',
      record: { argument: 'orderId', value: 'A1' },
      argumentsDigest: digestOf(args),
    });
    expect(await asked()).toEqual([]);

    expect(await approveCompensation(dana, { id: proposed.id })).toEqual({ receivers: 1 });
    const [sent] = await asked();
    expect(sent).toMatchObject({
      compensation: {
        id: proposed.id,
        tool: 'refunds.reverse',
        clause: 'tools/refunds.pay/reversible',
        until: proposed.dueAt,
        report: expect.stringMatching(new RegExp(`^http.*/v1/compensations/${proposed.id}$`)),
      },
      call: {
        tool: 'refunds.pay',
        traceId,
        spanId: pay.spanId,
        arguments: args,
        argumentsDigest: digestOf(args),
        idempotencyKey: { argument: 'orderId', value: 'A1' },
      },
      incident: { number: await incident() },
      run: { key: traceId },
      approvedBy: 'Dana Whitfield',
    });
    expect(await only()).toMatchObject({ state: 'approved', decidedBy: 'Dana Whitfield', receivers: 1 });
    await delivered(sent.message);
    expect((await only()).state).toBe('sent');
    await reportCompensation(receiver, { id: proposed.id, state: 'done', detail: 'RV-17' });
    expect(await only()).toMatchObject({
      state: 'done',
      detail: 'RV-17',
      endedBy: 'decide key',
      late: false,
    });
    expect(await recorded()).toEqual([
      'compensation.proposed',
      'compensation.approved',
      'compensation.sent',
      'compensation.done',
    ]);
    const ledger = await getUndoLedger(dana, { runId: (await getRun(dana, traceId)).id }, new Date());
    expect(ledger?.counts).toMatchObject({ compensated: 1, reversible: 1 });
  });

  it('includes a write that is heard of after the incident opened, and none twice', async () => {
    await given();
    await record(leak());
    expect(await compensations()).toEqual([]);
    const late = call('refunds.pay', { orderId: 'A1', amount: 40 }, {}, 120_000);
    await record(late);
    expect(await compensations()).toHaveLength(1);
    await record(late, call('orders.get', { orderId: 'A2' }, IBAN));
    expect(await compensations()).toHaveLength(1);
  });

  it('is every write of a long run in the end', async () => {
    await given();
    await record(
      ...Array.from({ length: 501 }, (_, n) => call('refunds.pay', { orderId: `A${n}`, amount: 1 })),
      leak(),
    );
    await record(call('refunds.pay', { orderId: 'B1', amount: 1 }));
    const { rows } = await db().query('SELECT count(*) AS n FROM compensation WHERE workspace_id = $1', [
      workspace.id,
    ]);
    expect(rows).toEqual([{ n: 502 }]);
  });

  it('leaves out what failed and what the run has taken back itself', async () => {
    await given();
    await record(
      { ...call('refunds.pay', { orderId: 'A1', amount: 40 }), error: true },
      call('refunds.pay', { orderId: 'A2', amount: 40 }),
      call('refunds.reverse', { orderId: 'A2' }),
      leak(),
    );
    expect(await compensations()).toEqual([]);
  });

  it('that can be undone no longer is shown as expired, and may be tried all the same', async () => {
    await given({
      compensations: [{ id: 'undo', tool: 'refunds.pay', by: 'refunds.reverse', withinMinutes: 5 }],
    });
    await record(call('refunds.pay', { orderId: 'A1', amount: 40 }, {}, 10 * 60_000), leak());
    const expired = await only();
    expect(expired).toMatchObject({ state: 'expired', clause: 'failure/compensations/undo' });
    await approveCompensation(dana, { id: expired.id });
    expect(await only()).toMatchObject({ state: 'approved', late: true, detail: null });
  });

  it('is sent at once where the contract asks for nobody’s approval', async () => {
    await given({
      compensations: [{ id: 'undo', tool: 'refunds.pay', by: 'refunds.reverse', approval: 'none' }],
    });
    await record(call('refunds.pay', { orderId: 'A1', amount: 40 }), leak());
    expect(await only()).toMatchObject({ state: 'approved', approval: 'none', decidedBy: null });
    expect(await asked()).toMatchObject([{ approvedBy: null, call: { tool: 'refunds.pay' } }]);
  });

  it('reaches receivers without arguments that are too long to send, and never keeps the spans out', async () => {
    await given({
      compensations: [{ id: 'undo', tool: 'refunds.pay', by: 'refunds.reverse', approval: 'none' }],
    });
    const long = 'A'.repeat(15_000);
    await record(call('refunds.pay', { orderId: long, amount: 40, note: 'é'.repeat(9000) }), leak());
    const [sent] = await asked();
    expect(sent.call).toMatchObject({ argumentsDigest: expect.any(String), idempotencyKey: null });
    expect(sent.call).not.toHaveProperty('arguments');
  });

  it('stands or falls with its incident', async () => {
    await given();
    await db().query(
      `CREATE OR REPLACE FUNCTION fail_compensation() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'killed here'; END $$`,
    );
    await db().query(
      'CREATE TRIGGER fail_compensation BEFORE INSERT ON compensation FOR EACH ROW EXECUTE FUNCTION fail_compensation()',
    );
    const spans = [call('refunds.pay', { orderId: 'A1', amount: 40 }), leak()];
    try {
      await record(...spans);
      const { rows } = await db().query('SELECT FROM incident WHERE workspace_id = $1', [workspace.id]);
      expect(rows).toHaveLength(0);
    } finally {
      await db().query('DROP TRIGGER fail_compensation ON compensation');
    }
    // Sent again, all of it is there.
    await record(...spans);
    expect(await only()).toMatchObject({ state: 'proposed' });
  });
});

describe('the operator', () => {
  it('declines for a reason, and takes that back', async () => {
    await given();
    await record(call('refunds.pay', { orderId: 'A1', amount: 40 }), leak());
    const { id } = await only();
    expect((await refusal(declineCompensation(dana, { id, reason: '' }))).code).toBe('invalid');
    await declineCompensation(dana, { id, reason: 'It was right.' });
    expect(await only()).toMatchObject({ state: 'declined', reason: 'It was right.' });
    expect((await refusal(approveCompensation(dana, { id }))).message).toBe(
      'This compensation was declined already.',
    );
    await reopenCompensation(dana, { id, reason: 'Was it?' });
    expect(await only()).toMatchObject({ state: 'proposed', reason: null });
  });

  it('takes an approval back as long as it has not gone out', async () => {
    await given();
    await record(call('refunds.pay', { orderId: 'A1', amount: 40 }), leak());
    const { id } = await only();
    await approveCompensation(dana, { id });
    const [first] = await asked();
    await db().query(`UPDATE outbox_message SET leased_until = now() + interval '4 seconds' WHERE id = $1`, [
      first?.message,
    ]);
    expect((await refusal(reopenCompensation(dana, { id, reason: 'Wait.' }))).message).toMatch(
      /^It is being sent at this moment/,
    );
    await db().query('UPDATE outbox_message SET leased_until = NULL WHERE id = $1', [first?.message]);
    await reopenCompensation(dana, { id, reason: 'Wait.' });
    expect((await only()).state).toBe('proposed');
    const { rows } = await db().query('SELECT FROM outbox_message WHERE id = $1 AND dead_at IS NULL', [
      first?.message,
    ]);
    expect(rows).toHaveLength(0);

    await approveCompensation(dana, { id });
    const again = (await asked()).at(-1);
    await delivered(again?.message);
    expect((await refusal(reopenCompensation(dana, { id, reason: 'Wait.' }))).message).toBe(
      'This compensation was sent: there is no decision to take back.',
    );
  });

  it('is told when nobody takes compensations', async () => {
    await given({}, false);
    await record(call('refunds.pay', { orderId: 'A1', amount: 40 }), leak());
    const { id } = await only();
    expect(await approveCompensation(dana, { id })).toEqual({ receivers: 0 });
    expect(await only()).toMatchObject({ state: 'approved', receivers: 0 });
  });

  it('is an operator of this workspace', async () => {
    await given();
    await record(call('refunds.pay', { orderId: 'A1', amount: 40 }), leak());
    const { id } = await only();
    const engineer = await givenPerson(workspace, ['engineer']);
    const stranger = await givenPerson(await givenWorkspace(), ['operator']);
    expect((await refusal(approveCompensation(engineer, { id }))).code).toBe('forbidden');
    expect((await refusal(approveCompensation(stranger, { id }))).code).toBe('not_found');
    expect((await refusal(approveCompensation(receiver, { id }))).code).toBe('forbidden');
  });
});

describe('how it ended', () => {
  let id: string;
  beforeEach(async () => {
    await given();
    await record(call('refunds.pay', { orderId: 'A1', amount: 40 }), leak());
    ({ id } = await only());
  });

  it('cannot be said of what nobody asked for, nor by another workspace’s key', async () => {
    expect((await refusal(reportCompensation(receiver, { id, state: 'done' }))).message).toBe(
      'Nobody has asked for this: the compensation waits for the operator.',
    );
    const stranger = (await givenKey(await givenWorkspace(), ['decide'])).actor;
    expect((await refusal(reportCompensation(stranger, { id, state: 'done' }))).code).toBe('not_found');
    const reader = (await givenKey(workspace, ['read'])).actor;
    expect((await refusal(reportCompensation(reader, { id, state: 'done' }))).code).toBe('forbidden');
    const other = await givenAgent(workspace, aContract({ identity: { agent: 'other-desk' } }));
    const bound = (await givenKey(workspace, ['decide'], other)).actor;
    expect((await refusal(reportCompensation(bound, { id, state: 'done' }))).code).toBe('forbidden');
  });

  it('may be said twice, may go from failed to done, and never back', async () => {
    await approveCompensation(dana, { id });
    // The receiver may answer before its delivery is written down.
    await reportCompensation(receiver, { id, state: 'failed', detail: 'Locked.' });
    await reportCompensation(receiver, { id, state: 'failed', detail: 'Said again.' });
    expect(await only()).toMatchObject({ state: 'failed', detail: 'Locked.' });
    await delivered((await asked())[0]?.message);
    expect((await only()).state).toBe('failed');
    await reportCompensation(receiver, { id, state: 'done' });
    expect((await refusal(reportCompensation(receiver, { id, state: 'failed' }))).code).toBe('conflict');
    expect((await recorded()).filter((action) => action !== 'compensation.proposed')).toEqual([
      'compensation.approved',
      'compensation.failed',
      'compensation.done',
    ]);
  });

  it('is seen when the compensating call is recorded, whichever run makes it', async () => {
    await approveCompensation(dana, { id });
    const elsewhere = toolCall({ traceId: hex(16), start: Date.now() - 1000 }, 'refunds.reverse', {
      orderId: 'A9',
    });
    await record(elsewhere);
    expect((await only()).state).toBe('approved');
    const undoing = toolCall({ traceId: hex(16), start: Date.now() - 500 }, 'refunds.reverse', {
      orderId: 'A1',
    });
    await record(undoing);
    expect(await only()).toMatchObject({ state: 'done', endedBy: 'The recorded call' });
  });

  it('is late past its time, and expires when nobody decides', async () => {
    await db().query(`UPDATE compensation SET due_at = now() - interval '1 minute' WHERE id = $1`, [id]);
    expect((await only()).late).toBe(false);
    await expireCompensations();
    expect(await only()).toMatchObject({
      state: 'expired',
      detail: 'Nobody decided before the call could be undone no longer.',
    });
    await approveCompensation(dana, { id });
    await delivered((await asked()).at(-1)?.message);
    expect(await only()).toMatchObject({ state: 'sent', late: true });
    await expireCompensations();
    expect((await only()).state).toBe('sent');
    await db().query(
      `UPDATE compensation SET sent_at = now() - interval '8 days', due_at = NULL WHERE id = $1`,
      [id],
    );
    await expireCompensations();
    expect(await only()).toMatchObject({ state: 'expired', detail: 'No receiver said how it ended.' });
    await reportCompensation(receiver, { id, state: 'done' });
    expect((await only()).state).toBe('done');
  });

  it('is not given up while it is being sent, and what was given up counts as sent once a receiver takes it', async () => {
    await db().query(`UPDATE compensation SET due_at = now() - interval '1 minute' WHERE id = $1`, [id]);
    await expireCompensations();
    await approveCompensation(dana, { id });
    await expireCompensations();
    expect(await only()).toMatchObject({ state: 'approved', late: true });
    const message = (await asked()).at(-1)?.message;
    await db().query('UPDATE outbox_message SET dead_at = now() WHERE id = $1', [message]);
    await expireCompensations();
    expect(await only()).toMatchObject({
      state: 'expired',
      detail: 'No receiver took it before the call could be undone no longer.',
    });
    // Somebody has it delivered again.
    await delivered(message);
    expect(await only()).toMatchObject({ state: 'sent', endedAt: null, endedBy: null, detail: null });
    await reportCompensation(receiver, { id, state: 'done' });
    expect((await only()).state).toBe('done');
  });

  it('is seen however many others have failed', async () => {
    await approveCompensation(dana, { id });
    await db().query(
      `INSERT INTO compensation (id, workspace_id, agent_id, run_id, incident_id, clause, trace_id, span_id, tool, called_at, by,
         approval, state, proposed_at, ended_at)
       SELECT gen_random_uuid(), workspace_id, agent_id, run_id, incident_id, clause, decode(lpad(to_hex(n), 32, '0'), 'hex'),
              span_id, tool, called_at - interval '1 day', by, approval, 'failed', now(), now()
         FROM compensation, generate_series(1, 1000) n WHERE id = $1`,
      [id],
    );
    await record(
      toolCall({ traceId: hex(16), start: Date.now() - 500 }, 'refunds.reverse', { orderId: 'A1' }),
    );
    const { rows } = await db().query('SELECT state FROM compensation WHERE id = $1', [id]);
    expect(rows).toEqual([{ state: 'done' }]);
  });
});
