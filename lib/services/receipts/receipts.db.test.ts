import { beforeEach, describe, expect, test } from 'vitest';
import { db } from '@/lib/db/pool';
import { digestOf } from '@/lib/evidence/digest';
import { verifyReceipt } from '@/lib/evidence/verify-receipt';
import { type About, AGENT, type Desk, givenDesk } from '@/lib/services/gates/testing/refund-desk';
import { listInstanceKeys } from '@/lib/services/instance-keys/list-keys';
import { rotateInstanceKey } from '@/lib/services/instance-keys/rotate-key';
import { getRun } from '@/lib/services/runs/get-run';
import { recordSpans } from '@/lib/services/runs/record-spans';
import { givenKey } from '@/lib/services/testing/given';
import { hex, modelCall, otlpJson, toolCall } from '@/lib/services/testing/otlp';
import { refusal } from '@/lib/services/testing/refusal';
import { decodeTraces } from '@/lib/telemetry/decode';
import { getReceipt, getReceipts } from './get-receipts';
import { makeReceipt } from './make-receipt';

let desk: Desk;
let about: About;

beforeEach(async () => {
  desk = await givenDesk();
  about = await desk.submit();
  await desk.walk(about, 'G1', 'G2', 'G3', 'G4');
});

/** A run that came in and ended. */
async function anEndedRun(over: { parentSpanId?: string } = {}): Promise<{ id: string; key: string }> {
  const { actor } = await givenKey(desk.workspace, ['ingest']);
  const traceId = hex(16);
  const call = {
    ...toolCall({ traceId, start: Date.now() - 5000 }, 'orders.get', { orderId: 'A1' }, {}),
    ...over,
  };
  await recordSpans(actor, decodeTraces(Buffer.from(otlpJson([call])), 'json', Date.now()).spans);
  return getRun(desk.team.grc, traceId);
}

async function fileOf(runId: string): Promise<string> {
  const { id } = await makeReceipt(desk.team.grc, { runId });
  const { envelope } = await getReceipt(desk.team.grc, { runId, id });
  return `${JSON.stringify(envelope, null, 2)}\n`;
}

describe('a receipt', () => {
  test('says what a run did, under which version and by whom that was signed, and verifies', async () => {
    const run = await anEndedRun();
    const result = verifyReceipt(await fileOf(run.id), new Set());
    expect(result).toMatchObject({
      verified: {
        trusted: false,
        receipt: {
          run: { key: run.key, status: 'finished' },
          agent: { name: AGENT },
          contract: { number: 1, ofAgent: true },
          calls: {
            total: 1,
            given: [
              { tool: 'orders.get', failed: false, arguments: digestOf({ orderId: 'A1' }), lane: 'allow' },
            ],
          },
          breaches: { total: 0 },
        },
      },
    });
    if ('fault' in result) return;
    const { signatures } = result.verified.receipt;
    expect(signatures.map(({ gate, role }) => `${gate} ${role}`).toSorted()).toEqual([
      'G2 engineer',
      'G2 sponsor',
      'G3 engineer',
      'G3 qa',
      'G4 grc',
    ]);
  });

  test('says no cost of a model that has no price, rather than none', async () => {
    const { actor } = await givenKey(desk.workspace, ['ingest']);
    const traceId = hex(16);
    const call = modelCall({ traceId, start: Date.now() - 5000 }, 'in-house-7b', 1000, 200);
    await recordSpans(actor, decodeTraces(Buffer.from(otlpJson([call])), 'json', Date.now()).spans);
    const { id } = await getRun(desk.team.grc, traceId);
    expect(verifyReceipt(await fileOf(id), new Set())).toMatchObject({
      verified: {
        receipt: { models: [{ model: 'in-house-7b', calls: 1, costUsd: null }], usage: { unpricedCalls: 1 } },
      },
    });
  });

  test('is bound into the audit log by its digest, and never changed', async () => {
    const run = await anEndedRun();
    const { id, digest } = await makeReceipt(desk.team.grc, { runId: run.id });
    const { rows } = await db().query(
      `SELECT detail FROM audit_entry WHERE subject = $1 AND action = 'run.receipt-made'`,
      [`run:${run.id}`],
    );
    expect(rows).toEqual([{ detail: { run: run.key, receipt: id, digest } }]);
    await expect(db().query('UPDATE receipt SET digest = $2 WHERE id = $1', [id, '0'])).rejects.toThrow();
    await expect(db().query('DELETE FROM receipt WHERE id = $1', [id])).rejects.toThrow();
  });

  test('is made once while nothing changes, and again when something has', async () => {
    const run = await anEndedRun();
    const first = await makeReceipt(desk.team.grc, { runId: run.id });
    expect(first.made).toBe(true);
    expect(await makeReceipt(desk.team.engineer, { runId: run.id })).toEqual({ ...first, made: false });
    await db().query('UPDATE run SET score = 12, revision = revision + 1 WHERE id = $1', [run.id]);
    expect((await getReceipts(desk.team.grc, { runId: run.id })).receipts).toMatchObject([
      { outdated: true },
    ]);
    const second = await makeReceipt(desk.team.grc, { runId: run.id });
    expect(second).toMatchObject({ made: true });
    expect(await getReceipts(desk.team.grc, { runId: run.id })).toMatchObject({
      ended: true,
      receipts: [
        { id: second.id, outdated: false, madeBy: 'The grc' },
        { id: first.id, outdated: true },
      ],
    });
  });

  test('is refused while the run goes on, of another workspace, and to keys', async () => {
    const { actor } = await givenKey(desk.workspace, ['read', 'decide', 'ingest']);
    expect(await refusal(makeReceipt(actor, { runId: about.agentId }))).toMatchObject({ code: 'forbidden' });
    const running = await anEndedRun({ parentSpanId: hex(8) });
    expect(await refusal(makeReceipt(desk.team.grc, { runId: running.id }))).toMatchObject({
      code: 'conflict',
      message: 'This run has not ended yet: it gets a receipt then.',
    });
    await db().query("UPDATE run SET status = 'paused', paused_at = now() WHERE id = $1", [running.id]);
    expect((await refusal(makeReceipt(desk.team.grc, { runId: running.id }))).message).toContain('paused');
    const run = await anEndedRun();
    const other = await givenDesk();
    expect(await refusal(makeReceipt(other.team.grc, { runId: run.id }))).toMatchObject({
      code: 'not_found',
    });
    expect(await refusal(getReceipts(other.team.grc, { runId: run.id }))).toMatchObject({
      code: 'not_found',
    });
    expect(await refusal(getReceipts(desk.team.grc, { runId: 'nonsense' }))).toMatchObject({
      code: 'not_found',
    });
    expect(await refusal(getReceipt(desk.team.grc, { runId: run.id, id: 'nonsense' }))).toMatchObject({
      code: 'not_found',
      message: 'No receipt has been made of this run.',
    });
  });

  test('holds after the instance has changed its key', async () => {
    const run = await anEndedRun();
    const head = desk.team['head-of-ai'];
    const [key] = await listInstanceKeys(head);
    await rotateInstanceKey(head, { retiring: key?.id ?? '', reason: 'yearly' });
    const [now] = await listInstanceKeys(head);
    const file = await fileOf(run.id);
    expect(verifyReceipt(file, new Set([now?.id ?? '']))).toMatchObject({ verified: { trusted: true } });
    expect(verifyReceipt(file, new Set([key?.id ?? '']))).toMatchObject({ fault: { code: 'foreign-key' } });
  });

  test('does not verify with any one byte changed', { timeout: 60_000 }, async () => {
    const run = await anEndedRun();
    const bytes = Buffer.from(await fileOf(run.id));
    const kept: number[] = [];
    // Each 97th byte, which meets every part of the file, and all of its beginning and end.
    const places = Array.from(bytes.keys()).filter(
      (at) => at < 60 || at > bytes.length - 400 || at % 97 === 0,
    );
    for (const at of places) {
      const changed = Buffer.from(bytes);
      changed[at] = (bytes[at] ?? 0) ^ 1;
      if ('verified' in verifyReceipt(changed.toString('utf8'), new Set())) kept.push(at);
    }
    expect(kept).toEqual([]);
  });
});
