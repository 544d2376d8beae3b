import { beforeEach, describe, expect, it } from 'vitest';
import type { Actor } from '@/lib/auth/actor';
import { newId } from '@/lib/db/id';
import { db } from '@/lib/db/pool';
import { aContract } from '@/lib/services/testing/a-contract';
import {
  type GivenWorkspace,
  givenAgent,
  givenKey,
  givenPerson,
  givenWorkspace,
} from '@/lib/services/testing/given';
import { agentSpan, hex, modelCall, otlpJson, type TestSpan, toolCall } from '@/lib/services/testing/otlp';
import { tell } from '@/lib/services/testing/tell';
import { decodeTraces } from '@/lib/telemetry/decode';
import { getRun } from './get-run';
import { recordSpans } from './record-spans';
import { resumeRun } from './resume-run';
import { stopRun } from './stop-run';

const IBAN = { iban: 'DE89 3704 0044 0532 0130 00' };
const MINUTE = 60_000;

let workspace: GivenWorkspace;
let dana: Actor;
let key: Actor;
let traceId: string;
let rootId: string;
/** When the run began, ten minutes before the test. */
let t0: number;

beforeEach(async () => {
  workspace = await givenWorkspace();
  await givenAgent(workspace, aContract());
  dana = await givenPerson(workspace, ['operator'], { name: 'Dana Whitfield' });
  key = (await givenKey(workspace, ['ingest'])).actor;
  traceId = hex(16);
  rootId = hex(8);
  t0 = Date.now() - 10 * MINUTE;
});

const send = (...spans: TestSpan[]) =>
  recordSpans(key, decodeTraces(Buffer.from(otlpJson(spans)), 'json', Date.now()).spans);
const call = (afterMs: number, forMs = 1000, result: unknown = {}) =>
  toolCall(
    { traceId, parentSpanId: rootId, start: t0 + afterMs, end: t0 + afterMs + forMs },
    'orders.get',
    { orderId: `A-${afterMs}` },
    result,
  );
const root = (forMs: number) =>
  agentSpan({ traceId, spanId: rootId, start: t0, end: t0 + forMs }, 'refund-desk');
const run = () => getRun(dana, traceId);
/** Begins the run, has it paused by a breach 6 s in (as far as the record tells), or as much later as is said. */
async function pausedAfter(ms: number) {
  await send(call(0), call(5000, 1000, IBAN));
  const { id, status } = await run();
  expect(status).toBe('paused');
  await db().query('UPDATE run SET paused_at = $2 WHERE id = $1', [id, new Date(t0 + ms)]);
  return id;
}
/** Resumes it now and moves the end of that pause to where the story has it. */
async function resumedAfter(id: string, ms: number) {
  await resumeRun(dana, { runId: id, reason: 'Seen.' });
  await db().query(
    `UPDATE run SET pauses = jsonb_set(pauses, '{-1,1}', to_jsonb($2::float8)) WHERE id = $1`,
    [id, t0 + ms],
  );
}

describe('the time a run waits for people', () => {
  it('is not its own: it counts neither in its duration nor in its latency', async () => {
    const id = await pausedAfter(6000);
    await resumedAfter(id, 4 * MINUTE + 6000);
    await send(call(4 * MINUTE + 6000, 6000), root(4 * MINUTE + 12_000));
    const told = await run();
    expect(told).toMatchObject({ durationMs: 12_000, waitedMs: 4 * MINUTE, status: 'finished' });
    // The target is 30 s: kept, although 4 min 12 s went by.
    expect(told.pillars.quality).toBe(100);
    expect(told.reproduce.find((part) => part.pillar === 'quality')?.inputs).toContainEqual({
      label: 'duration',
      value: 12_000,
      unit: 'ms',
    });
  });

  it('comes to the same figures when spans arrive late and the run is judged anew', async () => {
    const id = await pausedAfter(6000);
    await resumedAfter(id, 4 * MINUTE + 6000);
    await send(call(4 * MINUTE + 6000, 6000), root(4 * MINUTE + 12_000));
    const before = await run();
    await send(
      modelCall({ traceId, parentSpanId: rootId, start: t0 + 1500, end: t0 + 2000 }, 'gpt-4o', 10, 5),
    );
    const after = await run();
    expect(after).toMatchObject({
      spanCount: before.spanCount + 1,
      durationMs: 12_000,
      waitedMs: 4 * MINUTE,
    });
    expect(after.pillars.quality).toBe(before.pillars.quality);
  });

  it('leaves out what it worked all the same: a call under way, or one made in spite of the pause', async () => {
    const id = await pausedAfter(6000);
    // Under way when the pause began, told when it had ended.
    await send(
      modelCall({ traceId, parentSpanId: rootId, start: t0 + 5500, end: t0 + 9000 }, 'gpt-4o', 10, 5),
    );
    await send(call(MINUTE, 10_000));
    await resumedAfter(id, 4 * MINUTE + 6000);
    await send(root(4 * MINUTE + 12_000));
    expect(await run()).toMatchObject({
      waitedMs: 4 * MINUTE - 3000 - 10_000,
      durationMs: 12_000 + 3000 + 10_000,
    });
  });

  it('is nothing for a run that had ended when people looked at it', async () => {
    await send(call(0), call(5000, 1000, IBAN), root(7000));
    const { id } = await run();
    await resumeRun(dana, { runId: id, reason: 'Seen.' });
    expect(await run()).toMatchObject({ waitedMs: 0, durationMs: 7000 });
  });

  it('ends when the run is asked to stop: what it does to wind up is its own', async () => {
    const id = await pausedAfter(6000);
    await stopRun(dana, { runId: id, reason: 'No.' });
    const { rows } = await db().query('SELECT pauses FROM run WHERE id = $1', [id]);
    expect(rows[0].pauses).toHaveLength(1);
    expect(rows[0].pauses[0][0]).toBe(t0 + 6000);
  });
});

describe('a call made while its run was held', () => {
  const held = async () => (await run()).breaches.filter((breach) => breach.clause === 'run/status');

  it('by a pause is a breach of its own, once', async () => {
    await pausedAfter(6000);
    await send(call(MINUTE));
    await send(call(2 * MINUTE));
    expect(await held()).toMatchObject([
      { code: 'run-not-running', severity: 'high', message: 'Called orders.get although the run was paused' },
    ]);
    expect(await run()).toMatchObject({ status: 'paused', lane: 'block' });
  });

  it('is none right after the pause began: the news takes its time, and clocks differ', async () => {
    await pausedAfter(6000);
    await send(call(9000));
    expect(await held()).toEqual([]);
  });

  it('is none once it was resumed', async () => {
    const id = await pausedAfter(6000);
    await resumedAfter(id, MINUTE);
    await send(call(2 * MINUTE));
    expect(await held()).toEqual([]);
  });

  it('stays one when the run is resumed and judged anew', async () => {
    const id = await pausedAfter(6000);
    await send(call(MINUTE));
    await resumedAfter(id, 2 * MINUTE);
    await send(
      modelCall({ traceId, parentSpanId: rootId, start: t0 + 1500, end: t0 + 2000 }, 'gpt-4o', 10, 5),
    );
    expect(await held()).toHaveLength(1);
  });

  it('is none when it was recorded before the pause, however wrong its clock', async () => {
    // Recorded together with the breach that pauses, but stamped an hour ahead.
    await send(call(0), call(5000, 1000, IBAN), call(70 * MINUTE));
    await send(
      modelCall({ traceId, parentSpanId: rootId, start: t0 + 1500, end: t0 + 2000 }, 'gpt-4o', 10, 5),
    );
    expect(await held()).toEqual([]);
  });

  it('after it was asked to stop is a breach too', async () => {
    const id = await pausedAfter(6000);
    await stopRun(dana, { runId: id, reason: 'No.' });
    await db().query(`UPDATE run SET stop_requested_at = $2, pauses = '[]' WHERE id = $1`, [
      id,
      new Date(t0 + MINUTE),
    ]);
    await send(call(2 * MINUTE));
    expect(await held()).toMatchObject([{ message: 'Called orders.get although the run was stopping' }]);
  });
});

describe('a call made though a kill switch was on', () => {
  const made = async () => (await run()).breaches.filter((breach) => breach.clause === 'failure/killSwitch');
  /** On from and off after so many milliseconds of the run; null: it is on still. */
  const switched = async (fromMs: number, untilMs: number | null) => {
    const id = newId();
    await db().query(
      `INSERT INTO kill_switch (id, workspace_id, scope, target, reason, on_at, off_at)
       VALUES ($1, $2, 'workspace', '', 'Stop.', $3, $4)`,
      [id, workspace.id, new Date(t0 + fromMs), untilMs === null ? null : new Date(t0 + untilMs)],
    );
    // Intake hears of it as any listener does.
    await tell({ workspaceId: workspace.id, topic: 'kill-switch', id });
  };

  it('is a critical breach of the contract, once', async () => {
    await send(call(0));
    await switched(MINUTE, null);
    await send(call(2 * MINUTE));
    await send(call(3 * MINUTE));
    expect(await made()).toMatchObject([
      {
        code: 'kill-switch',
        severity: 'critical',
        message: 'Called orders.get although a kill switch was on for the whole workspace',
      },
    ]);
  });

  it('is none within seconds of it, nor after it was released', async () => {
    await send(call(0));
    await switched(MINUTE, 2 * MINUTE);
    await send(call(MINUTE + 4000), call(2 * MINUTE + 1));
    expect(await made()).toEqual([]);
  });

  it('stays one when the switch is off and the run is judged anew', async () => {
    await send(call(0));
    await switched(MINUTE, 5 * MINUTE);
    await send(call(2 * MINUTE));
    expect(await made()).toHaveLength(1);
    await send(
      modelCall({ traceId, parentSpanId: rootId, start: t0 + 1500, end: t0 + 2000 }, 'gpt-4o', 10, 5),
    );
    expect(await made()).toHaveLength(1);
  });
});
