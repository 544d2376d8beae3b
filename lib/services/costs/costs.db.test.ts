import { beforeEach, describe, expect, it } from 'vitest';
import type { Actor } from '@/lib/auth/actor';
import { db, transact } from '@/lib/db/pool';
import { enterPrice } from '@/lib/services/prices/enter-price';
import { getRun } from '@/lib/services/runs/get-run';
import { recordSpans } from '@/lib/services/runs/record-spans';
import { recordSignals } from '@/lib/services/signals/record-signals';
import { aContract, type ContractChanges } from '@/lib/services/testing/a-contract';
import {
  type GivenWorkspace,
  givenAgent,
  givenKey,
  givenPerson,
  givenVersion,
  givenWorkspace,
} from '@/lib/services/testing/given';
import { agentSpan, hex, modelCall, otlpJson, type TestSpan } from '@/lib/services/testing/otlp';
import { decodeTraces } from '@/lib/telemetry/decode';
import { getCost } from './get-cost';

const MINUTE = 60_000;
let workspace: GivenWorkspace;
let agentId: string;
let head: Actor;
let key: Actor;
let now: number;

const outcome = (id: string, comparison: '>=' | '<=' = '>=', target = 0.8) => ({
  id,
  statement: `The outcome of ${id}.`,
  signal: 'outcome' as const,
  comparison,
  target,
  windowDays: 30,
  leastSamples: 1,
  freshnessDays: 30,
});
async function given(changes: ContractChanges = {}) {
  workspace = await givenWorkspace();
  agentId = (await givenAgent(workspace, aContract(changes))).id;
  head = await givenPerson(workspace, ['head-of-ai', 'engineer']);
  key = (await givenKey(workspace, ['ingest', 'signals'])).actor;
}
beforeEach(() => {
  now = Date.now();
});

/** A run of one model call: 2.50 dollars for a million tokens in. Works for a minute. */
async function ran(
  over: { tokens?: number; model?: string; minutesAgo?: number; attributes?: TestSpan['attributes'] } = {},
) {
  const traceId = hex(16);
  const rootId = hex(8);
  const start = now - (over.minutesAgo ?? 60) * MINUTE;
  const spans = [
    modelCall(
      {
        traceId,
        parentSpanId: rootId,
        start,
        ...(over.attributes === undefined ? {} : { attributes: over.attributes }),
      },
      over.model ?? 'gpt-4o',
      over.tokens ?? 40_000,
      0,
    ),
    agentSpan({ traceId, spanId: rootId, start, end: start + MINUTE }, 'refund-desk'),
  ];
  await recordSpans(key, decodeTraces(Buffer.from(otlpJson(spans)), 'json', now).spans);
  return traceId;
}
const cost = () => getCost(head, { agent: 'refund-desk' }, new Date(now));
const say = (run: string, metric: string, value: boolean) =>
  transact((client) =>
    recordSignals(client, key, [{ run, metric, value, family: 'outcome' }], {
      source: 'api',
      now: new Date(now),
    }),
  );

describe('what a run costs', () => {
  it('keeps the price it was made at, whatever prices are entered after it', async () => {
    await given({ cost: {} });
    const run = await ran();
    expect((await getRun(head, run)).costUsd).toBeCloseTo(0.1);
    await enterPrice(head, {
      model: 'gpt-4o',
      inputUsd: 25,
      outputUsd: 100,
      cachedInputUsd: null,
      effectiveFrom: '2020-01-01',
      source: 'a new contract',
    });
    // A late span has the run judged anew from all it did; what was priced stays priced.
    const late = modelCall({ traceId: run, start: now - 61 * MINUTE }, 'unheard-of', 10, 10);
    await recordSpans(key, decodeTraces(Buffer.from(otlpJson([late])), 'json', now).spans);
    expect(await getRun(head, run)).toMatchObject({ costUsd: 0.1, unpricedCalls: 1 });
  });

  it('has infrastructure on a line of its own, at the rate of the version it was under', async () => {
    await given({ cost: { infrastructurePerHour: 6 } });
    await ran();
    const dearer = await givenVersion(
      workspace,
      { id: agentId },
      aContract({ cost: { infrastructurePerHour: 60 } }),
    );
    await db().query('UPDATE agent SET contract_version_id = $2 WHERE id = $1', [agentId, dearer.id]);
    const data = await cost();
    // One minute at six dollars an hour; the new rate speaks of runs to come.
    expect(data.spent).toMatchObject({ runs: 1, reckonedRuns: 1 });
    expect(data.spent.infrastructureUsd).toBeCloseTo(0.1);
    expect(data.perRun.modelUsd).toBeCloseTo(0.1);
    expect(data.perRun.infrastructureUsd).toBeCloseTo(0.1);
    expect(data.perRun.usd).toBeCloseTo(0.2);
  });

  it('has no infrastructure where no rate is agreed, rather than none of it', async () => {
    await given({ cost: {} });
    await ran();
    expect(await cost()).toMatchObject({
      spent: { infrastructureUsd: null, reckonedRuns: 0 },
      perRun: { infrastructureUsd: null },
      ratePerHourUsd: null,
    });
  });

  it('leaves runs without a price out of the mean, and counts them', async () => {
    await given({ cost: {} });
    await ran();
    await ran({ model: 'nobody-sells-this' });
    const data = await cost();
    expect(data.spent).toMatchObject({ runs: 2, unpricedRuns: 1, unpricedCalls: 1 });
    expect(data.perRun).toMatchObject({ count: 1 });
    expect(data.perRun.usd).toBeCloseTo(0.1);
  });

  it('keeps what clients report beside ours, and adds no other currency to it', async () => {
    await given({ cost: {} });
    await ran({ attributes: { 'gen_ai.usage.cost': 0.25 } });
    await ran({ attributes: { 'gen_ai.usage.cost': 90, 'gen_ai.usage.cost.currency': 'JPY' } });
    const { reported } = await cost();
    expect(reported).toMatchObject({ runs: 1, reportedUsd: 0.25, of: 2 });
    expect(reported?.oursUsd).toBeCloseTo(0.1);
  });
});

describe('what an accepted output and a completed task cost', () => {
  it('is what runs with an outcome cost, over those whose outcome is good', async () => {
    await given({
      quality: { criteria: [outcome('adjuster-agrees'), outcome('reopened', '<=', 0.1)] },
      cost: { acceptedWhen: 'adjuster-agrees', completedWhen: 'reopened', costPerAcceptedOutput: 0.15 },
    });
    const [first, second, third] = [await ran(), await ran(), await ran()];
    await say(first, 'adjuster-agrees', true);
    await say(second, 'adjuster-agrees', false);
    await say(third, 'reopened', false);
    const data = await cost();
    expect(data.perAccepted).toMatchObject({
      criterion: 'adjuster-agrees',
      known: 2,
      count: 1,
      ceilingUsd: 0.15,
      atLeast: false,
      why: null,
    });
    expect(data.perAccepted.usd).toBeCloseTo(0.2);
    expect(data.perCompleted).toMatchObject({ known: 1, count: 1 });
    expect(data.perCompleted.usd).toBeCloseTo(0.1);
  });

  it('is unknown, with the reason, while no outcome came or none was good', async () => {
    await given({ cost: {} });
    expect((await cost()).perAccepted).toMatchObject({ usd: null, criterion: null });
    await given({
      quality: { criteria: [outcome('adjuster-agrees')] },
      cost: { acceptedWhen: 'adjuster-agrees' },
    });
    const run = await ran();
    expect((await cost()).perAccepted).toMatchObject({ usd: null, why: 'No outcome came in 30 days.' });
    await say(run, 'adjuster-agrees', false);
    expect((await cost()).perAccepted).toMatchObject({ usd: null, known: 1, why: 'None of 1 was accepted.' });
  });

  it('is a lower bound where some of those runs have no price', async () => {
    await given({
      quality: { criteria: [outcome('adjuster-agrees')] },
      cost: { acceptedWhen: 'adjuster-agrees' },
    });
    await say(await ran({ model: 'nobody-sells-this' }), 'adjuster-agrees', true);
    await say(await ran(), 'adjuster-agrees', true);
    expect((await cost()).perAccepted).toMatchObject({ atLeast: true, count: 2 });
  });
});

describe('ceilings', () => {
  it('show what is spent of the day and the month, and no forecast before there are enough days', async () => {
    await given({ cost: { perDay: 1, perMonth: 20 } });
    await ran({ minutesAgo: 1 });
    const data = await cost();
    const [day, month] = data.ceilings;
    expect(day).toMatchObject({ period: 'day', limitUsd: 1, onBreach: 'pause' });
    expect(month).toMatchObject({ period: 'month', limitUsd: 20 });
    expect(month?.spentUsd).toBeCloseTo(0.1);
    expect(data.forecast).toMatchObject({ known: false, needed: 7 });
    expect(data.month.filter(({ spent }) => spent !== null).at(-1)?.spent).toBeCloseTo(0.1);
  });

  it('forecast the month from the whole days before it', async () => {
    await given({ cost: { perMonth: 20 } });
    await db().query(
      `INSERT INTO agent_spend (workspace_id, agent_id, day, cost_usd)
       SELECT $1, $2, d::date, 2 FROM generate_series($3::date - 10, $3::date - 1, '1 day') d`,
      [workspace.id, agentId, new Date(now).toISOString().slice(0, 10)],
    );
    const data = await cost();
    expect(data.forecast).toMatchObject({ known: true, days: 10, perDayUsd: 2 });
    const last = data.month.at(-1);
    expect(last?.forecast ?? data.ceilings[1]?.spentUsd).toBeCloseTo(
      data.forecast.known ? data.forecast.usd : Number.NaN,
      6,
    );
  });

  it('tell what followed when one was broken: what was asked for, and what was done', async () => {
    await given({ cost: { perRun: 0.05 } });
    const run = await ran();
    const { breaches } = await cost();
    expect(breaches.total).toBe(1);
    expect(breaches.shown[0]).toMatchObject({
      run: { key: run },
      code: 'budget-run',
      asked: 'pause',
      carriedOut: true,
      incident: { number: 1, state: 'open' },
    });
    expect(breaches.shown[0]?.did.paused).not.toBeNull();
  });

  it('pause the run where the ceiling says so, even if the failure clause of its severity forgets it', async () => {
    await given({ cost: { perRun: 0.05 }, failure: { high: ['log'] } });
    const run = await ran();
    expect((await getRun(head, run)).status).toBe('paused');
    expect((await cost()).breaches.shown[0]).toMatchObject({ asked: 'pause', carriedOut: true });
  });

  it('warn, and let the run go on, where that is what was agreed', async () => {
    await given({ cost: { perRun: 0.05, onBreach: { perRun: 'warn' } } });
    await ran();
    const [breach] = (await cost()).breaches.shown;
    expect(breach).toMatchObject({ asked: 'warn', carriedOut: true, incident: null });
    expect(breach?.did).toMatchObject({ paused: null, paged: null });
    expect(breach?.did.warned).not.toBeNull();
  });
});
