import { beforeEach, describe, expect, it } from 'vitest';
import type { Actor } from '@/lib/auth/actor';
import { db, transact } from '@/lib/db/pool';
import { recordSpans } from '@/lib/services/runs/record-spans';
import { aContract } from '@/lib/services/testing/a-contract';
import {
  type GivenAgent,
  type GivenWorkspace,
  givenAgent,
  givenKey,
  givenPerson,
  givenVersion,
  givenWorkspace,
} from '@/lib/services/testing/given';
import { agentSpan, hex, modelCall, otlpJson } from '@/lib/services/testing/otlp';
import { decodeTraces } from '@/lib/telemetry/decode';
import { sweepWaiting } from './follow-runs';
import { readStandings } from './read-standings';
import { recordSignals } from './record-signals';
import type { SignalInput } from './signal-input';

const NOW = new Date('2026-06-30T12:00:00Z');

let workspace: GivenWorkspace;
let agent: GivenAgent;
let actor: Actor;
beforeEach(async () => {
  workspace = await givenWorkspace();
  await givenVersion(workspace, null);
  agent = await givenAgent(workspace, aContract());
  ({ actor } = await givenKey(workspace, ['ingest']));
});

const send = (signals: readonly SignalInput[], as = actor) =>
  transact((client) => recordSignals(client, as, signals, { source: 'api', now: NOW }));
const outcome = (over: Partial<SignalInput> = {}): SignalInput => ({
  agent: 'refund-desk',
  family: 'outcome',
  metric: 'reward',
  value: true,
  ...over,
});
const criteriaOf = <T extends object>(criteria: readonly T[]) =>
  criteria.map((each) => ({ weight: 1, ...each }));
const stored = async (columns: string) =>
  (
    await db().query(`SELECT ${columns} FROM signal WHERE workspace_id = $1 ORDER BY received_at, id`, [
      workspace.id,
    ])
  ).rows;

describe('a signal', () => {
  it('with characters no database can hold takes no other of its batch with it', async () => {
    const odd = 'a\u0000b\ud800c';
    const answers = await send([
      outcome({
        value: 1,
        metric: odd,
        agent: odd,
        run: odd,
        externalId: odd,
        label: odd,
        note: odd,
        unit: odd,
      }),
      outcome(),
    ]);
    expect(answers.map(({ result }) => result)).toEqual(['recorded', 'recorded']);
    const clean = 'a\ufffdb\ufffdc';
    expect((await stored('metric, agent_name, run_key, external_id, label, note, unit'))[0]).toEqual({
      ...{ metric: clean, agent_name: clean, run_key: clean, external_id: clean },
      ...{ label: clean, note: clean, unit: clean },
    });
  });

  it('beyond what can be added up is refused, and the others are kept', async () => {
    const answers = await send([
      outcome({ value: 1e308, samples: 1000, unit: 'points' }),
      outcome({ value: -1e16, unit: 'points' }),
      outcome(),
    ]);
    expect(answers.map(({ result }) => result)).toEqual(['refused', 'refused', 'recorded']);
    expect(answers[0]?.reason).toContain('too large');
  });

  it('in another unit than its criterion is refused with both, and is not converted', async () => {
    const rule = { comparison: '<=' as const, windowDays: 30, leastSamples: 1, freshnessDays: 14 };
    const paid = { id: 'paid', statement: 'Claims cost little.', signal: 'outcome' as const, ...rule };
    const criteria = [
      { ...paid, target: 40, unit: 'USD' },
      { ...paid, id: 'solved', target: 80, unit: '%' },
      { ...paid, id: 'calls', target: 12 },
    ];
    const { id } = await givenAgent(
      workspace,
      aContract({ identity: { agent: 'measured' }, quality: { criteria } }),
    );
    const of = (metric: string, value: number | boolean, unit?: string) =>
      outcome({ agent: 'measured', metric, value, unit });
    const answers = await send([
      of('paid', 30, 'EUR'),
      of('paid', true),
      of('solved', 4, 'stars'),
      of('calls', 4, 'h'),
      of('paid', 30, 'usd'),
      of('solved', 0.8, 'share'),
      of('solved', true),
    ]);
    expect(answers.map(({ reason }) => reason)).toEqual([
      'unit: "EUR" does not fit quality/criteria/paid, which is in USD. Nothing is converted: send it in that.',
      'unit: true or false does not fit quality/criteria/paid, which is in USD. Nothing is converted: send it in that.',
      'unit: "stars" does not fit quality/criteria/solved, which is in %. Nothing is converted: send it in that.',
      'unit: "h" does not fit quality/criteria/calls, which has no unit. Leave it out, or give the criterion one.',
      ...[null, null, null],
    ]);
    const standings = await readStandings(db(), [{ agentId: id, criteria: criteriaOf(criteria) }], NOW);
    expect(standings.get(id)).toMatchObject([{ value: 30 }, { value: 90 }, { why: 'silent' }]);
  });

  it('that waited for an agent whose criterion is in another unit leaves it unknown, and says so', async () => {
    const rule = { comparison: '<=' as const, windowDays: 30, leastSamples: 1, freshnessDays: 14 };
    const paid = { id: 'paid', statement: 'Claims cost little.', signal: 'outcome' as const, ...rule };
    await send([outcome({ agent: 'newcomer', metric: 'paid', value: 30, unit: 'EUR' })]);
    const criteria = [{ ...paid, target: 40, unit: 'USD' }];
    const { id } = await givenAgent(
      workspace,
      aContract({ identity: { agent: 'newcomer' }, quality: { criteria } }),
    );
    await sweepWaiting(new Date(0));
    const standings = await readStandings(db(), [{ agentId: id, criteria: criteriaOf(criteria) }], NOW);
    expect(standings.get(id)).toMatchObject([
      {
        ...{ state: 'unknown', why: 'wrong-unit', value: null },
        reason: '1 sample in the window, in EUR, which does not fit USD.',
      },
    ]);
  });

  it('of an expert is taken from one who did not build the agent, and with a key for measurements; from no other', async () => {
    const rating = outcome({ family: 'sme', metric: 'accuracy', value: 0.9 });
    const lead = await givenPerson(workspace, ['engineer', 'sme'], { email: 'engineer@example.com' });
    expect(agent.version.contract.ownership.engineeringLead).toBe('engineer@example.com');
    const senders = [
      actor,
      (await givenKey(workspace, ['signals'])).actor,
      await givenPerson(workspace, ['operator']),
      await givenPerson(workspace, ['sme']),
      lead,
    ];
    const results: unknown[] = [];
    for (const as of senders) results.push(...(await send([rating, outcome()], as)));
    expect(results).toMatchObject([
      { result: 'refused', reason: expect.stringContaining('with a key of the scope "signals"') },
      ...[{ result: 'recorded' }, { result: 'recorded' }, { result: 'recorded' }],
      { result: 'refused', reason: expect.stringContaining('Ratings of subject experts') },
      ...[{ result: 'recorded' }, { result: 'recorded' }, { result: 'recorded' }],
      { result: 'refused', reason: 'You built this agent, so somebody else rates it.' },
      { result: 'recorded' },
    ]);
    const [unheard] = await send([{ ...rating, agent: 'newcomer' }], senders[3]);
    expect(unheard).toMatchObject({ result: 'refused', reason: expect.stringContaining('heard of yet') });
  });

  it('without an id, sent again after its run has come, is still a duplicate', async () => {
    const dated = outcome({ agent: undefined, run: 'c-1', at: new Date('2026-06-30T11:00:00Z') });
    await send([dated]);
    const attributes = { 'gen_ai.conversation.id': 'c-1' };
    const start = NOW.getTime() - 3_600_000;
    const spans = [agentSpan({ traceId: hex(16), start, end: start + 500, attributes }, 'refund-desk')];
    const body = Buffer.from(otlpJson(spans, 'refund-desk'));
    await recordSpans(actor, decodeTraces(body, 'json', Date.now()).spans);
    expect((await send([dated])).map(({ result }) => result)).toEqual(['duplicate']);
    expect(await stored('agent_id')).toEqual([{ agent_id: agent.id }]);
  });

  it("of another agent is not corrected by a key that speaks for one, whatever its sender's id", async () => {
    await givenAgent(workspace, aContract({ identity: { agent: 'other' } }));
    const [theirs] = await send([outcome({ agent: 'other', externalId: 'T-1' })]);
    const { actor: bound } = await givenKey(workspace, ['signals'], agent);
    const answers = await send([outcome({ externalId: 'T-1', value: false }), outcome()], bound);
    expect(answers.map(({ result }) => result)).toEqual(['refused', 'recorded']);
    expect(await stored('id, superseded_by')).toContainEqual({ id: theirs?.id, superseded_by: null });
  });

  it('of a run that turns out to be another agent counts by the contract of that one', async () => {
    const criterion = { id: 'reward', statement: 'Done.', signal: 'outcome' as const, target: 0.8 };
    const rule = { comparison: '>=' as const, windowDays: 30, leastSamples: 1, freshnessDays: 14 };
    const technical = { latencyMs: 30_000, errorRate: 0.2 };
    await givenAgent(
      workspace,
      aContract({
        identity: { agent: 'measured' },
        quality: { technical, criteria: [{ ...criterion, ...rule }] },
      }),
    );
    const traceId = hex(16);
    const start = NOW.getTime() - 3_600_000;
    const attributes = { 'gen_ai.conversation.id': 'c-7' };
    const spans = (list: Parameters<typeof otlpJson>[0], service: string) =>
      recordSpans(actor, decodeTraces(Buffer.from(otlpJson(list, service)), 'json', Date.now()).spans);
    await spans([modelCall({ traceId, start, attributes }, 'gpt-4o', 10, 1)], 'gateway');
    await send([outcome({ agent: undefined, run: 'c-7', value: false })]);
    await spans([agentSpan({ traceId, start, end: start + 500, attributes }, 'measured')], 'gateway');
    const { rows } = await db().query(
      `SELECT a.name, r.signal_weight, r.quality_score FROM run r JOIN agent a ON a.id = r.agent_id
        WHERE r.workspace_id = $1`,
      [workspace.id],
    );
    expect(rows).toEqual([{ name: 'measured', signal_weight: 1, quality_score: 50 }]);
  });

  it('of a run that becomes part of another at that very moment is of the other', async () => {
    const traceId = hex(16);
    const start = NOW.getTime() - 3_600_000;
    const attributes = { 'gen_ai.conversation.id': 'c-8' };
    const spans = (list: Parameters<typeof otlpJson>[0]) =>
      recordSpans(actor, decodeTraces(Buffer.from(otlpJson(list, 'desk')), 'json', Date.now()).spans);
    await spans([agentSpan({ traceId: hex(16), start, end: start + 500, attributes }, 'refund-desk')]);
    await spans([modelCall({ traceId, start: start + 10 }, 'gpt-4o', 10, 1)]);
    let merged = false;
    await transact(async (client) => {
      const query = client.query.bind(client);
      const meanwhile = async (...args: unknown[]) => {
        if (!merged && String(args[0]).includes('FROM run WHERE id = ANY')) {
          merged = true;
          await spans([agentSpan({ traceId, start, end: start + 500, attributes }, 'refund-desk')]);
        }
        return Reflect.apply(query, client, args);
      };
      Object.defineProperty(client, 'query', { value: meanwhile, configurable: true });
      await recordSignals(client, actor, [outcome({ agent: undefined, run: traceId })], {
        source: 'api',
        now: NOW,
      }).finally(() => Reflect.deleteProperty(client, 'query'));
    });
    expect(merged).toBe(true);
    const { rows } = await db().query(
      'SELECT r.key FROM signal s LEFT JOIN run r ON r.id = s.run_id WHERE s.workspace_id = $1',
      [workspace.id],
    );
    expect(rows).toEqual([{ key: 'c-8' }]);
  });

  it('finds its run in the sweep however many newer ones wait for theirs', async () => {
    const attributes = { 'gen_ai.conversation.id': 'c-9' };
    const start = NOW.getTime() - 3_600_000;
    const spans = [agentSpan({ traceId: hex(16), start, end: start + 500, attributes }, 'refund-desk')];
    const body = Buffer.from(otlpJson(spans, 'refund-desk'));
    await send([outcome({ run: 'c-9' })]);
    await recordSpans(actor, decodeTraces(body, 'json', Date.now()).spans);
    // As if neither had seen the other.
    await db().query('UPDATE signal SET run_id = NULL WHERE workspace_id = $1', [workspace.id]);
    await send(Array.from({ length: 1100 }, (_, at) => outcome({ run: `never-${at}` })));
    await sweepWaiting(new Date(0));
    expect(await stored('run_key, run_id IS NOT NULL AS joined')).toContainEqual({
      run_key: 'c-9',
      joined: true,
    });
  });

  it('from long before its window makes a criterion stale, not silent', async () => {
    const criterion = {
      ...{ id: 'reward', statement: 'Done.', signal: 'outcome' as const, target: 0.8, weight: 1 },
      ...{ comparison: '>=' as const, windowDays: 30, leastSamples: 1, freshnessDays: 14 },
    };
    const [older, old] = [400, 100].map((days) => new Date(NOW.getTime() - days * 86_400_000));
    await send([outcome({ at: older }), outcome({ at: old, value: false })]);
    const standings = await readStandings(db(), [{ agentId: agent.id, criteria: [criterion] }], NOW);
    expect(standings.get(agent.id)).toMatchObject([{ why: 'stale', value: null, atMs: old?.getTime() }]);
  });
});
