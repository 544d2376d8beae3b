import { beforeEach, describe, expect, it } from 'vitest';
import type { Actor } from '@/lib/auth/actor';
import { db } from '@/lib/db/pool';
import { oneDecimal, rangeOf } from '@/lib/scoring/performance';
import { aContract } from '@/lib/services/testing/a-contract';
import {
  type GivenWorkspace,
  givenAgent,
  givenKey,
  givenPerson,
  givenWorkspace,
} from '@/lib/services/testing/given';
import { agentSpan, hex, otlpJson, type TestSpan, toolCall } from '@/lib/services/testing/otlp';
import { decodeTraces } from '@/lib/telemetry/decode';
import { getRun } from './get-run';
import { recordSpans } from './record-spans';

let workspace: GivenWorkspace;
let reader: Actor;
let key: Actor;
let traceId: string;
const start = Date.now() - 600_000;

beforeEach(async () => {
  workspace = await givenWorkspace();
  await givenAgent(
    workspace,
    aContract({
      quality: { technical: { latencyMs: 1000, errorRate: 0.5 }, score: { risk: 1, quality: 9, cost: 0 } },
      cost: { perRun: 1, infrastructurePerHour: 36 },
    }),
  );
  reader = await givenPerson(workspace, ['operator']);
  key = (await givenKey(workspace, ['ingest'])).actor;
  traceId = hex(16);
});

const send = (...spans: TestSpan[]) =>
  recordSpans(key, decodeTraces(Buffer.from(otlpJson(spans)), 'json', Date.now()).spans);
const call = (afterMs: number) =>
  toolCall({ traceId, start: start + afterMs }, 'orders.get', { orderId: 'A-1' });

describe('the formula of a score', () => {
  it('is the newest for a run that begins now: the contract’s weights, infrastructure in its cost', async () => {
    await send(call(0), agentSpan({ traceId, spanId: hex(8), start, end: start + 50_000 }, 'refund-desk'));
    const run = await getRun(reader, traceId);
    expect(run).toMatchObject({ scoreFormula: 2, infrastructureUsd: 0.5 });
    // Half of the budget went into infrastructure; fifty times the target went by.
    expect(run.pillars).toMatchObject({ quality: 2, cost: 75 });
    // 1 × risk + 9 × 2 of 10: cost weighs nothing.
    expect(run.score).toBe(oneDecimal(((run.pillars.risk ?? 0) + 18) / 10));
    const mean = run.reproduce.reduce((sum, part) => sum + (part.score ?? 0) * part.weight, 0) / 10;
    expect(run.score).toBe(oneDecimal(mean));
    expect(rangeOf(run.score, run.scoreCoverage)).toEqual({ low: run.score, high: run.score });
  });

  it('stays the one a run began with, through late spans and whatever came after', async () => {
    await send(call(0));
    await db().query('UPDATE run SET score_formula = 1 WHERE workspace_id = $1', [workspace.id]);
    await send(call(2000), agentSpan({ traceId, spanId: hex(8), start, end: start + 50_000 }, 'refund-desk'));
    const run = await getRun(reader, traceId);
    // The first formula: 0.5, 0.3 and 0.2, and models alone in the cost.
    expect(run.scoreFormula).toBe(1);
    expect(run.pillars).toMatchObject({ quality: 2, cost: 100 });
    expect(run.reproduce.map(({ weight }) => weight)).toEqual([0.5, 0.3, 0.2]);
    expect(run.score).toBe(oneDecimal(0.5 * (run.pillars.risk ?? 0) + 0.3 * 2 + 0.2 * 100));
  });

  it('tells how its risk came about from its spans', async () => {
    await send(call(0), call(10), call(20));
    const { riskTerms, risk, riskProfile } = await getRun(reader, traceId);
    expect(riskTerms?.risk).toBeCloseTo(risk);
    expect(riskTerms).toMatchObject({ rule: 'capped', highest: 2, sum: 6, rest: 1 });
    expect(riskProfile?.tools['orders.get']).toEqual({ action: 'read', egress: false });
    expect(riskProfile?.tools['*']).toEqual({ action: null, egress: false });
  });
});
