import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Actor } from '@/lib/auth/actor';
import { newId } from '@/lib/db/id';
import { db, transact } from '@/lib/db/pool';
import { recordSpans } from '@/lib/services/runs/record-spans';
import { aContract } from '@/lib/services/testing/a-contract';
import {
  type GivenAgent,
  type GivenWorkspace,
  givenAgent,
  givenKey,
  givenVersion,
  givenWorkspace,
} from '@/lib/services/testing/given';
import { agentSpan, hex, modelCall, otlpJson, type TestSpan } from '@/lib/services/testing/otlp';
import { decodeTraces } from '@/lib/telemetry/decode';
import { sweepWaiting } from './follow-runs';
import { recordSignals } from './record-signals';
import type { SignalInput } from './signal-input';

const NOW = new Date('2026-06-30T12:00:00Z');
const T0 = NOW.getTime() - 3_600_000;
const quality = {
  technical: { latencyMs: 30_000, errorRate: 0.2 },
  criteria: [
    {
      id: 'task-done',
      statement: 'The task is done.',
      signal: 'outcome' as const,
      metric: 'reward',
      comparison: '>=' as const,
      target: 0.8,
      windowDays: 30,
      leastSamples: 3,
      freshnessDays: 14,
      weight: 3,
    },
    {
      id: 'stars',
      statement: 'Customers are content.',
      signal: 'feedback' as const,
      metric: 'csat',
      comparison: '>=' as const,
      target: 4,
      unit: 'stars',
      windowDays: 30,
      leastSamples: 3,
      freshnessDays: 14,
    },
  ],
};

let workspace: GivenWorkspace;
let agent: GivenAgent;
let actor: Actor;
beforeEach(async () => {
  workspace = await givenWorkspace();
  await givenVersion(workspace, null);
  agent = await givenAgent(workspace, aContract({ quality }));
  ({ actor } = await givenKey(workspace, ['ingest']));
});

const send = (signals: readonly SignalInput[], as = actor) =>
  transact((client) => recordSignals(client, as, signals, { source: 'api', now: NOW }));
const rows = async (sql: string) => (await db().query(sql, [workspace.id])).rows;
const spans = (list: readonly TestSpan[], service = 'refund-desk') =>
  recordSpans(actor, decodeTraces(Buffer.from(otlpJson(list, service)), 'json', Date.now()).spans);
const aRun = async (key: string, service?: string) => {
  const traceId = hex(16);
  const attributes = { 'gen_ai.conversation.id': key };
  await spans(
    [
      agentSpan({ traceId, start: T0, end: T0 + 500 }, service ?? 'refund-desk'),
      modelCall({ traceId, start: T0, attributes }, 'gpt-4o', 10, 1),
    ],
    service,
  );
  return traceId;
};
const outcome = (over: Partial<SignalInput> = {}): SignalInput => ({
  agent: 'refund-desk',
  metric: 'reward',
  value: true,
  ...over,
});

describe('what comes in by the one door', () => {
  it('is bound to the criterion that goes by its name, whatever its case and hyphens', async () => {
    const answers = await send([
      outcome(),
      outcome({ metric: 'Task_Done' }),
      outcome({ metric: 'quality/criteria/task-done' }),
    ]);
    expect(answers.map(({ result, clause, waitsFor }) => [result, clause, waitsFor])).toEqual(
      Array(3).fill(['recorded', 'quality/criteria/task-done', null]),
    );
  });

  it('is refused row by row with the reason, and the sound ones are kept', async () => {
    const answers = await send([
      outcome({ value: Number.NaN }),
      outcome({ value: Number.POSITIVE_INFINITY }),
      outcome({ value: 53 }),
      outcome({ at: new Date(NOW.getTime() + 3_600_000) }),
      outcome({ samples: 0 }),
      outcome({ agent: undefined }),
      outcome({ runId: newId() }),
      outcome({ metric: 'unheard-of' }),
      outcome({ value: 0.53 }),
    ]);
    expect(answers.map(({ result }) => result)).toEqual([...Array(8).fill('refused'), 'recorded']);
    expect(answers.map(({ reason }) => reason).slice(0, 8)).toEqual([
      'value: NaN is not a number that can be counted.',
      'value: Infinity is not a number that can be counted.',
      'value: 53 is off the scale of quality/criteria/task-done, which goes from 0 to 1. Send 0.53, or the unit "%".',
      expect.stringContaining('is in the future'),
      expect.stringContaining('samples: 0 is not a whole number'),
      'Say which agent or which run it is of.',
      expect.stringContaining('in this workspace.'),
      expect.stringContaining('family: say whether "unheard-of" is technical'),
    ]);
    expect(await rows('SELECT value FROM signal WHERE workspace_id = $1')).toEqual([{ value: 0.53 }]);
  });

  it('takes 53 with the unit % for what it is', async () => {
    const [answer] = await send([outcome({ value: 53, unit: '%' })]);
    expect(answer).toMatchObject({ result: 'recorded', clause: 'quality/criteria/task-done' });
  });

  it('is kept when no criterion reads it, and says why none does', async () => {
    const answers = await send([
      outcome({ metric: 'tone', family: 'feedback', value: 0.4 }),
      outcome({ family: 'technical' }),
    ]);
    expect(answers.map(({ result, reason, clause }) => [result, clause, reason])).toEqual([
      [
        'recorded',
        null,
        'No criterion reads feedback signals named "tone". It is kept, and counts for nothing yet.',
      ],
      [
        'recorded',
        null,
        'The criterion "reward" reads outcome signals, not technical. It is kept, and counts for nothing yet.',
      ],
    ]);
  });

  it('answers the same id as a duplicate and another value under it as a correction, which leaves the first row', async () => {
    const [first] = await send([outcome({ externalId: 'T-1', value: false })]);
    const [again] = await send([outcome({ externalId: 'T-1', value: false })]);
    const [corrected] = await send([outcome({ externalId: 'T-1', value: true })]);
    expect([first?.result, again?.result, corrected?.result]).toEqual(['recorded', 'duplicate', 'corrected']);
    expect(again?.id).toBe(first?.id);
    expect(
      await rows('SELECT value, superseded_by FROM signal WHERE workspace_id = $1 ORDER BY received_at, id'),
    ).toEqual([
      { value: 0, superseded_by: corrected?.id },
      { value: 1, superseded_by: null },
    ]);
    expect(await rows('SELECT sum, samples, rows FROM signal_day WHERE workspace_id = $1')).toEqual([
      { sum: 1, samples: 1, rows: 1 },
    ]);
    expect(
      await rows(
        `SELECT detail->>'count' AS count FROM audit_entry WHERE workspace_id = $1 AND action = 'signal.corrected'`,
      ),
    ).toEqual([{ count: '1' }]);
  });

  it('knows a signal that was sent twice by all it says when it says when', async () => {
    const dated = outcome({ at: new Date(T0), run: 'r-1' });
    expect((await send([dated, dated])).map(({ result }) => result)).toEqual(['recorded', 'duplicate']);
    expect((await send([dated])).map(({ result }) => result)).toEqual(['duplicate']);
  });

  it('lets two who send the same at once both be answered, and keeps one', async () => {
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => send([outcome({ externalId: 'T-2' }), outcome({ externalId: 'T-3' })])),
    );
    expect(answers.flat().filter(({ result }) => result === 'recorded')).toHaveLength(2);
    expect(await rows('SELECT rows, sum FROM signal_day WHERE workspace_id = $1')).toEqual([
      { rows: 2, sum: 2 },
    ]);
  });

  it('never lets a row be changed or removed', async () => {
    await send([outcome()]);
    await expect(db().query('UPDATE signal SET value = 0')).rejects.toThrow();
    await expect(db().query('DELETE FROM signal')).rejects.toThrow();
  });

  it('lets a key that speaks for one agent send for that one alone', async () => {
    await givenAgent(workspace, aContract({ identity: { agent: 'other' } }));
    const { actor: bound } = await givenKey(workspace, ['signals'], agent);
    const answers = await send([outcome({ agent: 'other' }), outcome({ agent: undefined })], bound);
    expect(answers.map(({ result, reason }) => [result, reason])).toEqual([
      ['refused', 'This key speaks for one agent, and this is of another.'],
      ['recorded', null],
    ]);
  });
});

describe('a signal of a run', () => {
  it('counts in the score of the run it names by its key, its trace or its id', async () => {
    const traceId = await aRun('c-1');
    const before = (await rows(`SELECT id, score, quality_score FROM run WHERE workspace_id = $1`))[0];
    expect(before.quality_score).toBe(100);
    await send([outcome({ agent: undefined, family: 'outcome', run: traceId.toUpperCase(), value: false })]);
    const [after] = await rows(`SELECT score, quality_score FROM run WHERE workspace_id = $1`);
    // Technical health 100 at weight 1, the outcome 0 at weight 3.
    expect(after.quality_score).toBe(25);
    expect(after.score).toBeLessThan(before.score);
    await send([outcome({ agent: undefined, runId: before.id, value: true })]);
    // Half of the outcomes: 0.5 against 0.8 is 62.5.
    expect((await rows('SELECT quality_score FROM run WHERE workspace_id = $1'))[0].quality_score).toBe(71.9);
  });

  it('waits for a run nobody has heard of, and joins it and its agent when it comes', async () => {
    const [answer] = await send([outcome({ agent: undefined, family: 'outcome', run: 'c-9', value: false })]);
    expect(answer).toMatchObject({ result: 'recorded', waitsFor: 'run' });
    await aRun('c-9');
    expect(
      await rows(`SELECT s.agent_id, s.run_id = r.id AS joined, r.quality_score FROM signal s
                  JOIN run r ON r.key = s.run_key WHERE s.workspace_id = $1`),
    ).toEqual([{ agent_id: agent.id, joined: true, quality_score: 25 }]);
    expect(await rows('SELECT agent_id, sum, rows FROM signal_day WHERE workspace_id = $1')).toEqual([
      { agent_id: agent.id, sum: 0, rows: 1 },
    ]);
  });

  it('keeps counting when more spans of the run come', async () => {
    const traceId = await aRun('c-2');
    await send([outcome({ run: 'c-2', value: false })]);
    await spans([modelCall({ traceId, start: T0 + 5 }, 'gpt-4o', 10, 1)]);
    expect(await rows('SELECT quality_score, span_count FROM run WHERE workspace_id = $1')).toEqual([
      { quality_score: 25, span_count: 3 },
    ]);
  });

  it('goes with its run when that turns out to be part of another', async () => {
    const traceId = hex(16);
    await spans([modelCall({ traceId, start: T0 + 10 }, 'gpt-4o', 10, 1)]);
    await aRun('c-3');
    await send([outcome({ run: traceId, value: false })]);
    await spans([
      agentSpan(
        { traceId, start: T0, end: T0 + 500, attributes: { 'gen_ai.conversation.id': 'c-3' } },
        'refund-desk',
      ),
    ]);
    expect(
      await rows(
        `SELECT r.key, r.quality_score FROM signal s JOIN run r ON r.id = s.run_id WHERE s.workspace_id = $1`,
      ),
    ).toEqual([{ key: 'c-3', quality_score: 25 }]);
  });

  it('of one agent is not taken for another', async () => {
    await givenAgent(workspace, aContract({ identity: { agent: 'other' } }));
    await aRun('c-4');
    const [answer] = await send([outcome({ agent: 'other', run: 'c-4', family: 'outcome' })]);
    expect(answer).toMatchObject({ result: 'refused', reason: "That run is refund-desk's, not other's." });
  });

  it('of another workspace is not found there', async () => {
    await aRun('c-5');
    const [run] = await rows('SELECT id FROM run WHERE workspace_id = $1');
    const elsewhere = await givenWorkspace();
    const { actor: stranger } = await givenKey(elsewhere, ['ingest']);
    const answers = await send(
      [
        outcome({ runId: run.id, family: 'outcome' }),
        outcome({ agent: undefined, run: 'c-5', family: 'outcome' }),
      ],
      stranger,
    );
    expect(answers.map(({ result, waitsFor }) => [result, waitsFor])).toEqual([
      ['refused', null],
      ['recorded', 'run'],
    ]);
  });

  it('of an agent nobody has heard of waits for it', async () => {
    const [answer] = await send([outcome({ agent: 'newcomer', family: 'outcome' })]);
    expect(answer).toMatchObject({ result: 'recorded', waitsFor: 'agent' });
    const { id } = await givenAgent(workspace, aContract({ quality, identity: { agent: 'newcomer' } }));
    await sweepWaiting(new Date(0));
    expect(await rows('SELECT agent_id, rows FROM signal_day WHERE workspace_id = $1')).toEqual([
      { agent_id: id, rows: 1 },
    ]);
  });

  it('that missed its run by a moment is joined by the sweep', async () => {
    await aRun('c-6');
    await send([outcome({ run: 'c-6' })]);
    await db().query('UPDATE signal SET run_id = NULL');
    await sweepWaiting(new Date(0));
    expect(await rows('SELECT run_id IS NOT NULL AS joined FROM signal WHERE workspace_id = $1')).toEqual([
      { joined: true },
    ]);
  });
});

describe('sums of days', () => {
  const signal = fc.record({
    id: fc.integer({ min: 1, max: 6 }),
    day: fc.integer({ min: 1, max: 3 }),
    value: fc.constantFrom(0, 0.25, 1),
    samples: fc.integer({ min: 1, max: 5 }),
    run: fc.constantFrom(undefined, 'k-1', 'k-2'),
  });

  it('equal a recount whatever was sent, sent again, corrected, and joined late', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(signal, { minLength: 1, maxLength: 5 }), { maxLength: 5 }),
        async (batches) => {
          const service = `agent-${newId().slice(-12)}`;
          for (const [index, batch] of batches.entries()) {
            await send(
              batch.map(({ id, day, value, samples, run }) => ({
                ...(run === undefined ? { agent: 'refund-desk' } : { run: `${run}-${service}` }),
                family: 'outcome' as const,
                metric: service,
                value,
                samples,
                at: new Date(NOW.getTime() - day * 86_400_000),
                externalId: `${service}-${id}`,
              })),
            );
            if (index === 1) await aRun(`k-1-${service}`, service);
          }
          const kept = await rows(
            `SELECT agent_id, day::text, sum, samples, rows, lowest, highest, last_at FROM signal_day
            WHERE workspace_id = $1 AND metric_key = '${service.replaceAll('-', ' ')}' ORDER BY 1, 2`,
          );
          const counted = await rows(
            `SELECT agent_id, (at AT TIME ZONE 'UTC')::date::text AS day, sum(value * samples) AS sum, sum(samples) AS samples,
                  count(*)::int AS rows, min(value) AS lowest, max(value) AS highest, max(at) AS last_at
             FROM signal WHERE workspace_id = $1 AND metric_key = '${service.replaceAll('-', ' ')}' AND superseded_by IS NULL
              AND agent_id IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2`,
          );
          expect(kept).toEqual(counted);
        },
      ),
      { numRuns: 25 },
    );
  });
});
