import { afterEach, describe, expect, it } from 'vitest';
import { db } from '@/lib/db/pool';
import { digestOf } from '@/lib/evidence/digest';
import { DecisionDesk } from '@/lib/services/decisions/decision-desk';
import { draftFromVersion } from '@/lib/services/drafts/draft-from-version';
import { recordSpans } from '@/lib/services/runs/record-spans';
import { aContract, type ContractChanges } from '@/lib/services/testing/a-contract';
import {
  givenAgent,
  givenKey,
  givenPerson,
  givenVersion,
  givenWorkspace,
} from '@/lib/services/testing/given';
import { hex, modelCall, otlpJson, type TestSpan, toolCall } from '@/lib/services/testing/otlp';
import { decodeTraces } from '@/lib/telemetry/decode';
import { cancelBacktest } from './cancel-backtest';
import { backtestsOf } from './get-backtest';
import { recordedRuns } from './recorded-runs';
import { startBacktest } from './start-backtest';

const HOUR = 3_600_000;
const IBAN = 'DE89 3704 0044 0532 0130 00';
const SMALL = { orderId: 'o-1', amount: 40 };

const desks: DecisionDesk[] = [];
afterEach(async () => {
  for (const desk of desks.splice(0)) await desk.close();
});

async function given(changes: ContractChanges = {}) {
  const workspace = await givenWorkspace();
  const agent = await givenAgent(workspace, aContract(changes));
  const engineer = await givenPerson(workspace, ['engineer']);
  const { actor } = await givenKey(workspace, ['ingest', 'decide'], agent);
  const send = (spans: readonly TestSpan[]) =>
    recordSpans(actor, decodeTraces(Buffer.from(otlpJson(spans)), 'json', Date.now()).spans);
  /** A run of those calls, a second apart, `ago` hours ago. */
  const ran = async (ago: number, calls: readonly [tool: string, args?: unknown, result?: unknown][]) => {
    const traceId = hex(16);
    const start = Date.now() - ago * HOUR;
    await send(
      calls.map(([tool, ...rest], n) => toolCall({ traceId, start: start + n * 1000 }, tool, ...rest)),
    );
    return traceId;
  };
  const desk = new DecisionDesk();
  desks.push(desk);
  const ask = (run: string, tool: string, args: unknown) =>
    new Promise<void>((resolve, reject) =>
      desk.decide(actor, run, { tool, arguments: args }, undefined, {
        answer: () => resolve(),
        refuse: reject,
      }),
    );
  const backtest = async (number: number, days = 30) => {
    const { id, done } = await startBacktest(engineer, { agent: agent.name, of: { version: number }, days });
    await done;
    return id;
  };
  return { workspace, agent, engineer, send, ran, ask, backtest };
}

/** Numbers that look random and are the same every time. */
function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
}

describe('a backtest', () => {
  it('of the very version under which runs were recorded reports all unchanged', {
    timeout: 60_000,
  }, async () => {
    const { engineer, agent, send, backtest } = await given({
      cost: { perRun: 0.05, perDay: 2, tokensPerRun: 4000, callsPerRun: 9, repeatedCalls: 2 },
    });
    const pick = seeded(7);
    const tools = ['orders.get', 'policy.search', 'notes.add', 'refunds.pay', 'accounts.delete', 'made.up'];
    for (let run = 0; run < 60; run += 1) {
      const traceId = hex(16);
      const start = Date.now() - pick(20 * 24) * HOUR;
      const spans: TestSpan[] = [];
      for (let step = 0; step < 2 + pick(12); step += 1) {
        const place = { traceId, start: start + step * 500 };
        const tool = tools[pick(tools.length)] ?? '';
        const args = [SMALL, { orderId: 'o-2', amount: 5000 }, { orderId: '' }, {}, { note: IBAN }][pick(5)];
        spans.push(
          pick(4) === 0
            ? modelCall(place, 'gpt-4o', pick(900), pick(300))
            : toolCall(place, tool, args, pick(8) === 0 ? { text: IBAN } : {}),
        );
      }
      // In two parts, the later one first now and then: the record is the same.
      const half = Math.floor(spans.length / 2);
      const parts = [spans.slice(0, half), spans.slice(half)];
      for (const part of pick(2) === 0 ? parts : parts.reverse()) if (part.length > 0) await send(part);
    }
    await backtest(1);
    const { report } = await backtestsOf(engineer, { versionId: agent.version.id });
    expect(report?.report).toMatchObject({ runs: 60, unchanged: 60, undecided: 0, examples: [] });
    const { outcomes } = report?.report ?? {};
    expect(outcomes).toMatchObject({ bands: [], examples: [] });
    expect(outcomes?.pagesPerDay.before).toBeGreaterThan(0);
    for (const of of [outcomes?.pagesPerDay, outcomes?.incidentsPerDay, outcomes?.costPerDay])
      expect(of?.after).toBe(of?.before);
  });

  it('tells which runs would have waited, with clause, call and digest, and is evidence for its version', async () => {
    const { workspace, agent, engineer, ran, backtest } = await given();
    const stricter = await givenVersion(
      workspace,
      agent,
      aContract({ authority: { rules: [] }, cost: { perRun: 3 } }),
    );
    await ran(30, [['orders.get', { orderId: 'o-1' }]]);
    await ran(20, [
      ['orders.get', { orderId: 'o-1' }],
      ['refunds.pay', SMALL],
    ]);
    const id = await backtest(stricter.number);
    const { latest, report, mayRun } = await backtestsOf(engineer, { versionId: stricter.id });
    expect(mayRun).toBe(true);
    expect(latest).toMatchObject({ id, state: 'done', runsDone: 2, runsTotal: 2, startedBy: engineer.name });
    expect(report?.report).toMatchObject({
      runs: 2,
      unchanged: 1,
      stricter: 1,
      looser: 0,
      moves: { waits: 1 },
      clauses: [{ clause: 'authority/defaults/transact', runs: 1 }],
      examples: [
        {
          tool: 'refunds.pay',
          call: 2,
          before: 'allow',
          after: 'escalate',
          clauses: ['authority/defaults/transact'],
        },
      ],
    });
    expect(report?.report?.idleChanges).toContain('cost/perRun');
    expect(report?.report?.idleChanges).not.toContain('authority/small-refunds');
    expect(report?.reportDigest).toBe(digestOf(report?.report));
    const { rows } = await db().query(
      'SELECT kind, outcome, summary, contract_version_id, detail FROM evidence WHERE id = $1',
      [report?.evidenceId],
    );
    expect(rows).toEqual([
      {
        kind: 'backtest',
        outcome: 'given',
        summary: '1 of 2 runs changed: 1 would wait for a person.',
        contract_version_id: stricter.id,
        detail: report?.report,
      },
    ]);
  });

  it('finds the data a new detector looks for in what was recorded', async () => {
    const { workspace, agent, engineer, ran, backtest } = await given({ risk: { detectors: [] } });
    const looking = await givenVersion(workspace, agent, aContract());
    await ran(5, [['orders.get', { orderId: 'o-1' }, { slip: IBAN }]]);
    await backtest(1);
    expect((await backtestsOf(engineer, { versionId: agent.version.id })).report?.report?.unchanged).toBe(1);
    await backtest(looking.number);
    expect((await backtestsOf(engineer, { versionId: looking.id })).report?.report).toMatchObject({
      moves: { refused: 1 },
      clauses: [{ clause: 'tools/orders.get/categories', runs: 1 }],
    });
  });

  it('tells which runs would have ended in another band, and whom it would have paged', async () => {
    const { workspace, agent, engineer, ran, backtest } = await given({
      risk: { thresholds: { medium: 10, high: 100, critical: 200 } },
    });
    const sooner = await givenVersion(
      workspace,
      agent,
      aContract({ risk: { thresholds: { medium: 0.5, high: 1, critical: 200 } } }),
    );
    await ran(24, [['orders.get', { orderId: 'o-1' }]]);
    await ran(20, [['policy.search', {}]]);
    await backtest(sooner.number, 2);
    const { report } = await backtestsOf(engineer, { versionId: sooner.id });
    expect(report?.report).toMatchObject({ runs: 2, unchanged: 2, idleChanges: [] });
    expect(report?.report?.outcomes).toMatchObject({
      bands: [{ before: 'low', after: 'high', runs: 1 }],
      pagesPerDay: { before: 0 },
      examples: [{ before: { band: 'low', pages: false }, after: { band: 'high', pages: true } }],
    });
    expect(report?.report?.outcomes?.pagesPerDay.after).toBeGreaterThan(0);
  });

  it('takes data that the contract filters for filtered, and data that was sent for what it is', async () => {
    const { workspace, agent, engineer, ran, send, backtest } = await given();
    const tools = { ...aContract().tools };
    const read = tools['orders.get'];
    if (read === undefined) throw new Error('There is no tool to read orders.');
    // biome-ignore lint/suspicious/noThenProperty: a word of the contract; its value is never a function
    const filter = [{ id: 'slips', categories: ['bank-account'], then: 'mask' as const }];
    const filtering = await givenVersion(
      workspace,
      agent,
      aContract({ tools: { ...tools, 'orders.get': { ...read, arguments: undefined, filter } } }),
    );
    await ran(5, [['orders.get', { orderId: 'o-1' }, { slip: IBAN }]]);
    await ran(4, [['orders.get', { orderId: 'o-1' }, { slip: 'none' }]]);
    await send([
      toolCall({ traceId: hex(16), start: Date.now() - 3 * HOUR }, 'orders.get', { orderId: IBAN }, {}),
    ]);
    await backtest(filtering.number);
    const { report } = await backtestsOf(engineer, { versionId: filtering.id });
    expect(report?.report).toMatchObject({
      runs: 3,
      unchanged: 2,
      moves: { 'let-through': 1 },
      clauses: expect.arrayContaining([{ clause: 'tools/orders.get/filter/slips', runs: 1 }]),
      examples: [{ before: 'block', after: 'degrade' }],
    });
  });

  it('counts runs whose arguments were not recorded apart', async () => {
    const { engineer, agent, ran, backtest } = await given();
    await ran(5, [['refunds.pay']]);
    await ran(4, [['refunds.pay', SMALL]]);
    await backtest(1);
    const { report } = await backtestsOf(engineer, { versionId: agent.version.id });
    expect(report?.report).toMatchObject({ runs: 2, unchanged: 1, undecided: 1 });
    expect(report?.report?.undecidedExamples).toMatchObject([{ tool: 'refunds.pay', call: 1 }]);
  });

  it('takes an asked and a made call for one, and sees what was refused and never made', async () => {
    const { workspace, agent, engineer, send, ask, backtest } = await given({ cost: { callsPerRun: 2 } });
    const wider = await givenVersion(workspace, agent, aContract({ cost: {} }));
    const traceId = hex(16);
    await ask(traceId, 'orders.get', { orderId: 'o-1' });
    await ask(traceId, 'policy.search', {});
    await ask(traceId, 'policy.search', {});
    const start = Date.now();
    await send([
      toolCall({ traceId, start }, 'orders.get', { orderId: 'o-1' }),
      toolCall({ traceId, start: start + 50 }, 'policy.search', {}),
    ]);
    await backtest(1);
    expect((await backtestsOf(engineer, { versionId: agent.version.id })).report?.report).toMatchObject({
      runs: 1,
      unchanged: 1,
    });
    await backtest(wider.number);
    expect((await backtestsOf(engineer, { versionId: wider.id })).report?.report).toMatchObject({
      moves: { 'let-through': 1 },
      looser: 1,
      clauses: [{ clause: 'cost/callsPerRun', runs: 1 }],
    });
  });

  it('leaves out runs before its window', async () => {
    const { agent, engineer, ran, backtest } = await given();
    await ran(24 * 10, [['orders.get', { orderId: 'o-1' }]]);
    await backtest(1, 2);
    const { report } = await backtestsOf(engineer, { versionId: agent.version.id });
    expect(report?.report).toMatchObject({ runs: 0, days: 2 });
    const { rows } = await db().query('SELECT summary FROM evidence WHERE id = $1', [report?.evidenceId]);
    expect(rows[0].summary).toContain('nothing to replay');
  });

  it('reads all runs of the window once, also those that began in the same moment', async () => {
    const { workspace, agent, ran } = await given();
    for (let n = 0; n < 3; n += 1) await ran(3, [['orders.get', { orderId: `o-${n}` }]]);
    await db().query(
      `INSERT INTO run (id, workspace_id, agent_id, key, started_at, ended_at, span_count)
       SELECT gen_random_uuid(), $1, $2, 'k' || n, now() - interval '1 hour', now(), 5 FROM generate_series(1, 1200) n`,
      [workspace.id, agent.id],
    );
    const window = {
      workspaceId: workspace.id,
      agentId: agent.id,
      since: new Date(Date.now() - 24 * HOUR),
      until: new Date(),
    };
    const seen = new Set<string>();
    let pages = 0;
    for await (const page of recordedRuns(window)) {
      pages += 1;
      expect(page.length).toBeLessThanOrEqual(250);
      for (const run of page) seen.add(run.id);
    }
    expect(seen.size).toBe(1203);
    expect(pages).toBeGreaterThanOrEqual(5);
  });

  it('is cancelled while it works, and leaves no evidence', async () => {
    const { workspace, agent, engineer } = await given();
    await db().query(
      `INSERT INTO run (id, workspace_id, agent_id, key, started_at, ended_at, span_count)
       SELECT gen_random_uuid(), $1, $2, 'k' || n, now() - interval '1 hour', now(), 1 FROM generate_series(1, 3000) n`,
      [workspace.id, agent.id],
    );
    const input = { agent: agent.name, of: { version: 1 }, days: 7 };
    const first = await startBacktest(engineer, input);
    expect((await startBacktest(engineer, input)).id).toBe(first.id);
    await cancelBacktest(engineer, first.id);
    await first.done;
    const { latest, report } = await backtestsOf(engineer, { versionId: agent.version.id });
    expect(latest).toMatchObject({ id: first.id, state: 'cancelled', report: null });
    expect(report).toBeNull();
    await expect(cancelBacktest(engineer, first.id)).rejects.toMatchObject({ code: 'conflict' });
    const { rows } = await db().query('SELECT FROM evidence WHERE agent_id = $1', [agent.id]);
    expect(rows).toHaveLength(0);
  });

  it('that was cut off shows as interrupted, and another can begin', async () => {
    const { agent, engineer } = await given();
    const input = { agent: agent.name, of: { version: 1 }, days: 7 };
    const { id, done } = await startBacktest(engineer, input);
    await done;
    await db().query(
      `UPDATE backtest SET state = 'running', report = NULL, beat_at = now() - interval '1 minute' WHERE id = $1`,
      [id],
    );
    expect((await backtestsOf(engineer, { versionId: agent.version.id })).latest?.state).toBe('interrupted');
    const again = await startBacktest(engineer, input);
    await again.done;
    expect(again.id).not.toBe(id);
  });

  it('of a draft has a report and is no evidence', async () => {
    const { agent, engineer, ran } = await given();
    await ran(2, [['orders.get', { orderId: 'o-1' }]]);
    const { id } = await draftFromVersion(engineer, { agent: agent.name, number: 1 });
    const { done } = await startBacktest(engineer, { agent: agent.name, of: { draft: id }, days: 7 });
    await done;
    const { report } = await backtestsOf(engineer, { draftId: id });
    expect(report).toMatchObject({ state: 'done', draftRevision: 1, evidenceId: null });
    expect(report?.report).toMatchObject({ runs: 1, unchanged: 1 });
  });

  it('is refused to an auditor, to another workspace, for a version that is not, and for no sensible number of days', async () => {
    const { workspace, agent, engineer } = await given();
    const input = { agent: agent.name, of: { version: 1 }, days: 30 };
    const auditor = await givenPerson(workspace, ['auditor']);
    await expect(startBacktest(auditor, input)).rejects.toMatchObject({ code: 'forbidden' });
    const stranger = await givenPerson(await givenWorkspace(), ['engineer']);
    await expect(startBacktest(stranger, input)).rejects.toMatchObject({ code: 'not_found' });
    for (const days of [0, 91, 1.5, Number.NaN])
      await expect(startBacktest(engineer, { ...input, days })).rejects.toMatchObject({ code: 'invalid' });
    await expect(startBacktest(engineer, { ...input, of: { version: 9 } })).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(cancelBacktest(stranger, hex(16))).rejects.toMatchObject({ code: 'not_found' });
  });
});
