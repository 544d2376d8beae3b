import { beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Actor } from '@/lib/auth/actor';
import { previewProfile, runsUnder } from '@/lib/scoring/risk-facts';
import { getDraft } from '@/lib/services/drafts/get-draft';
import { recordSpans } from '@/lib/services/runs/record-spans';
import { aContract } from '@/lib/services/testing/a-contract';
import {
  type GivenWorkspace,
  givenAgent,
  givenKey,
  givenPerson,
  givenWorkspace,
} from '@/lib/services/testing/given';
import { agentSpan, hex, otlpJson, type TestSpan, toolCall } from '@/lib/services/testing/otlp';
import { refusal } from '@/lib/services/testing/refusal';
import { decodeTraces } from '@/lib/telemetry/decode';
import { draftProfile } from './draft-profile';
import { getRisk, getRiskTrial } from './get-risk';
import { listRiskRuns, riskRunsSchema } from './list-risk-runs';

let workspace: GivenWorkspace;
let head: Actor;
let operator: Actor;
let key: Actor;

beforeEach(async () => {
  workspace = await givenWorkspace();
  await givenAgent(workspace, aContract());
  head = await givenPerson(workspace, ['head-of-ai']);
  operator = await givenPerson(workspace, ['operator']);
  key = (await givenKey(workspace, ['ingest'])).actor;
});

const now = Date.now();
/** A run that calls these tools, one a second. */
async function ran(
  minutesAgo: number,
  calls: readonly (readonly [tool: string, args?: object, result?: object])[],
) {
  const traceId = hex(16);
  const rootId = hex(8);
  const start = now - minutesAgo * 60_000;
  const spans: TestSpan[] = calls.map(([tool, args, result], index) =>
    toolCall(
      { traceId, parentSpanId: rootId, start: start + index * 1000, end: start + index * 1000 + 500 },
      tool,
      args ?? { orderId: `A-${index}` },
      result ?? {},
    ),
  );
  spans.push(agentSpan({ traceId, spanId: rootId, start, end: start + calls.length * 1000 }, 'refund-desk'));
  await recordSpans(key, decodeTraces(Buffer.from(otlpJson(spans)), 'json', now).spans);
  return traceId;
}
const pay = ['refunds.pay', { orderId: 'A-1', amount: 20 }] as const;
const risk = () => getRisk(head, { agent: 'refund-desk' }, new Date(now));

describe('the risk of an agent', () => {
  it('is what its stored spans say, run by run, without their contents', async () => {
    await ran(30, [['orders.get'], ['notes.add', { text: 'seen' }]]);
    const paying = await ran(20, [['orders.get'], pay, pay]);
    const data = await risk();
    expect(data.facts.runs.map((run) => run.key)[0]).toBe(paying);
    expect(data.profile).not.toBeNull();
    if (data.profile === null) return;
    // The profile in force gives what the runs were scored with.
    expect(runsUnder(data.profile, data.facts).map(({ band }) => band)).toEqual(
      data.facts.runs.map((run) => run.band),
    );
    expect(previewProfile(data.profile, data.profile, data.facts).scoredOtherwise).toBe(0);
    expect(data.exposure).toMatchObject([
      { category: 'customer-contact', runs: 2, calls: 5, read: 2, write: 1, transact: 2 },
      { category: 'payment', runs: 1, calls: 2, transact: 2, latest: [paying] },
    ]);
    expect(data.histogram.reduce((sum, bin) => sum + bin.runs, 0)).toBe(2);
    expect(data.days).toHaveLength(30);
    expect(JSON.stringify(data.facts)).not.toContain('A-1');
  });

  it('counts what could not be classified, by reason, and never as harmless', async () => {
    await ran(10, [['orders.get'], ['strange.tool'], ['strange.tool', { card: '4111 1111 1111 1111' }]]);
    const { coverage } = await risk();
    // The card was found by its checksum: what that call touched is known.
    expect(coverage).toEqual({
      classified: 2,
      unclassified: [{ reason: 'unknown-tool', spans: 1, runs: 1 }],
      withoutArguments: 0,
    });
  });

  it('knows nothing of a tool that only “any tool” lists, with no data named', async () => {
    await givenAgent(
      workspace,
      aContract({
        identity: { agent: 'roaming-desk' },
        tools: {
          'orders.get': { action: 'read', categories: ['customer-contact'] },
          '*': { action: 'read', categories: [] },
        },
      }),
    );
    const traceId = hex(16);
    const calls = ['orders.get', 'library.search'].map((tool) =>
      toolCall({ traceId, start: now - 5000, end: now - 4000 }, tool, {}, {}),
    );
    const root = agentSpan({ traceId, start: now - 6000, end: now - 3000 }, 'roaming-desk');
    await recordSpans(key, decodeTraces(Buffer.from(otlpJson([...calls, root])), 'json', now).spans);
    const { coverage } = await getRisk(head, { agent: 'roaming-desk' }, new Date(now));
    expect(coverage).toMatchObject({
      classified: 1,
      unclassified: [{ reason: 'unknown-tool', spans: 1, runs: 1 }],
    });
  });

  it('says that nothing was classified where there is no contract', async () => {
    const other = await givenWorkspace();
    const sender = (await givenKey(other, ['ingest'])).actor;
    const traceId = hex(16);
    const spans = [toolCall({ traceId, start: now - 1000, end: now }, 'orders.get', {}, {})];
    await recordSpans(sender, decodeTraces(Buffer.from(otlpJson(spans)), 'json', now).spans);
    const reader = await givenPerson(other, ['head-of-ai']);
    const data = await getRisk(reader, { agent: 'refund-desk' }, new Date(now));
    if (data.version === null) {
      expect(data.profile).toBeNull();
      expect(data.coverage.unclassified).toEqual([{ reason: 'no-contract', spans: 1, runs: 1 }]);
    } else expect(data.version.own).toBe(false);
  });

  it('leads from each figure to exactly the runs it counts', async () => {
    const reading = await ran(30, [['orders.get'], ['strange.tool']]);
    const paying = await ran(20, [['orders.get'], pay, pay]);
    const data = await risk();
    const list = async (query: Record<string, string>) => {
      const wanted = riskRunsSchema.parse(query);
      return (await listRiskRuns(head, { agent: 'refund-desk', ...wanted })).runs;
    };
    expect((await list({})).map(({ key: run }) => run)).toEqual([paying, reading]);
    for (const { category, runs, calls } of data.exposure) {
      const listed = await list({ category });
      expect(listed).toHaveLength(runs);
      expect(listed.reduce((sum, run) => sum + (run.calls ?? 0), 0)).toBe(calls);
    }
    for (const { reason, runs, spans } of data.coverage.unclassified) {
      expect(await list({ reason })).toMatchObject([{ key: reading, calls: spans }]);
      expect(runs).toBe(1);
    }
    for (const { from, to, runs } of data.histogram)
      expect(await list({ from: String(from), ...(to === null ? {} : { below: String(to) }) })).toHaveLength(
        runs,
      );
    expect(await list({ band: 'high,critical' })).toHaveLength(data.bands.high + data.bands.critical);
    expect(await list({ withoutArguments: '1' })).toHaveLength(data.coverage.withoutArguments);
    expect(await list({ band: 'purple', reason: 'luck', from: 'here' })).toHaveLength(2);
  });

  it('is nobody else’s', async () => {
    const stranger = await givenPerson(await givenWorkspace(), ['head-of-ai']);
    expect(await refusal(getRisk(stranger, { agent: 'refund-desk' }, new Date(now)))).toMatchObject({
      code: 'not_found',
    });
  });
});

describe('a tried profile', () => {
  const heavier = async () => {
    const { profile } = await getRiskTrial(head, { agent: 'refund-desk' });
    if (profile === null) throw new Error('There is a contract in force.');
    return { ...profile, categories: { ...profile.categories, payment: 9.5 } };
  };

  it('goes into a new draft of the version in force, that figure alone', async () => {
    const { draftId, clauses } = await draftProfile(head, { agent: 'refund-desk', profile: await heavier() });
    expect(clauses).toEqual(['risk/categories/payment']);
    const draft = await getDraft(head, draftId);
    expect(draft.base?.number).toBe(1);
    expect(parse(draft.source)).toMatchObject({ risk: { categories: { payment: 9.5 } } });
    expect(
      await refusal(draftProfile(operator, { agent: 'refund-desk', profile: await heavier() })),
    ).toMatchObject({
      code: 'forbidden',
    });
  });

  it('goes into an open draft without touching what else was written there', async () => {
    const first = await draftProfile(head, { agent: 'refund-desk', profile: await heavier() });
    const before = (await getDraft(head, first.draftId)).source;
    const { profile } = await getRiskTrial(head, { agent: 'refund-desk' });
    if (profile === null) throw new Error('There is a contract in force.');
    const again = await draftProfile(head, {
      agent: 'refund-desk',
      profile: { ...profile, aggregate: { rule: 'max' }, thresholds: { ...profile.thresholds, high: 31 } },
      draft: first.draftId,
    });
    expect(again).toEqual({ draftId: first.draftId, clauses: ['risk/aggregate', 'risk/thresholds/high'] });
    const after = await getDraft(head, first.draftId);
    expect(after.source).toContain('9.5');
    expect(after.source).toContain('31');
    expect(after.source.split('\n').length).toBeGreaterThan(before.split('\n').length - 3);
  });

  it('is refused when nothing was moved, and for another agent’s draft', async () => {
    const { profile } = await getRiskTrial(head, { agent: 'refund-desk' });
    if (profile === null) throw new Error('There is a contract in force.');
    expect(await refusal(draftProfile(head, { agent: 'refund-desk', profile }))).toMatchObject({
      code: 'invalid',
    });
  });
});
