import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type RecordedCall, type RecordedEvent, replay, type Seat, type Standing } from './backtest';
import { Tally } from './backtest-report';
import { compile, touchedCategories } from './compile';
import { addCall, addUsage, emptyFacts } from './run-facts';
import { givenPolicy, givenState } from './testing/given';
import { decide } from './testing/oracle';
import { anyCall, anyPolicy } from './testing/random';
import type { Policy } from './types';

const NOON = Date.UTC(2026, 10, 21, 12);
const ALONE: Standing = { authorityLevel: 'continuous', spentByOthers: () => ({ day: 0, month: 0 }) };

function seat(policy: Policy, detects: readonly string[] = []): Seat {
  return { policy: compile(policy), detects: new Set(detects) };
}

function call(tool: string, over: Partial<RecordedCall> = {}): RecordedCall {
  return {
    kind: 'call',
    spanId: 'a'.repeat(16),
    traceId: 'b'.repeat(32),
    tool,
    arguments: {},
    argumentsDigest: `of ${JSON.stringify(over.arguments ?? {})}`,
    declared: [],
    detected: [],
    sent: [],
    filtered: [],
    at: NOON,
    lane: 'allow',
    clauses: [],
    made: true,
    ...over,
  };
}

const usage = (costUsd: number, tokens = 100): RecordedEvent => ({
  kind: 'usage',
  at: NOON,
  tokens,
  costUsd,
});

describe('replaying a recorded run through another contract', { timeout: 60_000 }, () => {
  it('finds the first call that would have waited, and what the run went on to spend', () => {
    const asks = givenPolicy({ authority: { defaults: { transact: 'approval' } } });
    const events = [
      usage(0.1),
      call('claims.get'),
      call('payments.send'),
      usage(0.25),
      call('payments.send'),
    ];
    expect(replay(seat(asks), seat(givenPolicy()), events, ALONE)).toMatchObject({
      outcome: 'changed',
      number: 2,
      before: 'allow',
      after: 'escalate',
      clauses: ['authority/defaults/transact'],
      asked: 1,
      spentAfterUsd: 0.25,
    });
  });

  it('names the clause that used to object when a call is newly let through', () => {
    const before = givenPolicy({ cost: { callsPerRun: 1 } });
    const refused = call('claims.note', { lane: 'block', clauses: ['cost/callsPerRun'] });
    expect(replay(seat(givenPolicy()), seat(before), [call('claims.get'), refused], ALONE)).toMatchObject({
      outcome: 'changed',
      before: 'block',
      after: 'allow',
      clauses: ['cost/callsPerRun'],
    });
  });

  it('does not count a refused call as made', () => {
    const once = givenPolicy({ cost: { callsPerRun: 1 } });
    const refused = call('claims.note', { lane: 'block', made: false });
    const events = [refused, call('claims.get')];
    expect(replay(seat(once), null, events, ALONE)).toMatchObject({ number: 1, after: 'allow' });
    const both = [call('claims.get', { made: false, lane: 'allow' }), call('claims.get')];
    expect(replay(seat(once), null, both, ALONE)).toEqual({ outcome: 'unchanged', asked: 0 });
  });

  it('guesses nothing about arguments nobody kept', () => {
    const limited = givenPolicy({
      authority: {
        rules: [
          {
            id: 'large',
            tools: ['payments.send'],
            actions: [],
            when: [{ field: 'arg.amount', op: '>', value: 100 }],
            tier: 'approval',
          },
        ],
      },
    });
    const blind = call('payments.send', { arguments: undefined, argumentsDigest: undefined });
    expect(replay(seat(limited), null, [call('claims.get'), blind], ALONE)).toMatchObject({
      outcome: 'undecided',
      number: 2,
      clauses: ['authority/large'],
    });
    // What is refused whatever the arguments were is certain.
    const forbidden = { ...limited, scope: { ...limited.scope, actions: ['read' as const] } };
    expect(replay(seat(forbidden), null, [blind], ALONE)).toMatchObject({
      outcome: 'changed',
      after: 'block',
    });
  });

  it('counts data that a detector of this contract finds, and not what it does not look for', () => {
    const found = call('claims.get', { detected: ['payment-card'] });
    expect(replay(seat(givenPolicy()), null, [found], ALONE).outcome).toBe('unchanged');
    expect(replay(seat(givenPolicy(), ['payment-card']), null, [found], ALONE)).toMatchObject({
      after: 'block',
      clauses: ['tools/claims.get/categories'],
    });
  });

  it('holds nothing against it that no contract said: a pause, or a kill switch', () => {
    const paused = call('claims.get', { lane: 'block', clauses: ['run/status'] });
    expect(replay(seat(givenPolicy()), seat(givenPolicy()), [paused], ALONE).outcome).toBe('unchanged');
  });

  it('compares with what the contract of the time would say, where the recorded answer had other grounds', () => {
    const asks = givenPolicy({ authority: { defaults: { read: 'approval' } } });
    const paused = call('claims.get', { lane: 'block', clauses: ['run/status'] });
    expect(replay(seat(asks), seat(givenPolicy()), [paused], ALONE)).toMatchObject({
      before: 'allow',
      after: 'escalate',
      clauses: ['authority/defaults/read'],
    });
  });

  it('adds what the agent’s other runs spent that day', () => {
    const daily = givenPolicy({ cost: { perDay: 10, onBreach: { perDay: 'page' } } });
    const others: Standing = { ...ALONE, spentByOthers: () => ({ day: 9.95, month: 9.95 }) };
    const events = [call('claims.get'), usage(0.1), call('claims.get')];
    expect(replay(seat(daily), null, events, others)).toMatchObject({ number: 2, after: 'escalate' });
    expect(replay(seat(daily), null, events, ALONE).outcome).toBe('unchanged');
  });

  it('of the very contract under which a run was recorded finds nothing changed', () => {
    fc.assert(
      fc.property(
        anyPolicy,
        fc.array(
          fc.oneof(
            anyCall.filter((each) => each.arguments !== undefined),
            fc.record({ tokens: fc.nat(4), costUsd: fc.nat(3) }),
          ),
          { maxLength: 8 },
        ),
        (policy, steps) => {
          const compiled = compile(policy);
          const facts = emptyFacts();
          const events: RecordedEvent[] = [];
          let day = 0;
          for (const step of steps) {
            if (!('tool' in step)) {
              addUsage(facts, step.tokens, step.costUsd);
              day += step.costUsd;
              events.push({ kind: 'usage', at: NOON, ...step });
              continue;
            }
            const at = NOON + events.length * 1000;
            const { unfiltered: _, sent = [], ...rest } = step;
            const asked = {
              ...rest,
              sent,
              at,
              categories: touchedCategories(compiled, step.tool, step.categories),
            };
            const state = givenState({
              ...structuredClone(facts),
              agentDayCostUsd: day,
              agentMonthCostUsd: day,
            });
            const { lane, findings } = decide(policy, state, asked);
            addCall(facts, compiled, asked);
            const clauses = findings.map((finding) => finding.clause);
            events.push({ ...call(step.tool), ...rest, sent, declared: step.categories, at, lane, clauses });
          }
          const one = seat(policy, ['pii', 'bank-account', 'public', 'health']);
          expect(replay(one, null, events, ALONE).outcome).toBe('unchanged');
          expect(replay(one, one, events, ALONE).outcome).toBe('unchanged');
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe('who watches a replay', () => {
  it('hears of every call, behind the first that differs too, and changes nothing', () => {
    fc.assert(
      fc.property(anyPolicy, fc.array(anyCall, { maxLength: 6 }), (policy, asked) => {
        const events = asked.map(({ unfiltered: _, sent = [], categories, ...rest }) =>
          call(rest.tool, { ...rest, sent, declared: categories }),
        );
        const heard: string[] = [];
        const watcher = {
          answered: ({ tool }: RecordedCall) => void heard.push(tool),
          overran: () => {},
        };
        expect(replay(seat(policy), null, events, ALONE, watcher)).toEqual(
          replay(seat(policy), null, events, ALONE),
        );
        expect(heard).toEqual(asked.map(({ tool }) => tool));
      }),
      { numRuns: 300 },
    );
  });
});

describe('the report of a backtest', () => {
  const window = { since: '2026-10-22T00:00:00.000Z', until: '2026-11-21T00:00:00.000Z', days: 30 };
  const run = { id: 'r', key: 'CLM-1', startedAt: window.since };

  it('tells runs that would have waited, been refused, narrowed or let through apart', () => {
    const asks = givenPolicy({ authority: { defaults: { transact: 'approval' } } });
    const tally = new Tally();
    tally.add(run, replay(seat(asks), null, [call('claims.get')], ALONE));
    tally.add(run, replay(seat(asks), null, [call('payments.send'), usage(0.2)], ALONE));
    tally.add(run, replay(seat(asks), null, [call('payments.send', { lane: 'block' })], ALONE));
    tally.add(run, replay(seat(asks), null, [call('claims.note', { lane: 'block' })], ALONE));
    tally.add(run, replay(seat(asks), null, [call('unheard-of')], ALONE));
    const report = tally.report(window, ['authority/defaults', 'cost/perRun']);
    expect(report).toMatchObject({
      runs: 5,
      unchanged: 1,
      undecided: 0,
      stricter: 2,
      looser: 2,
      moves: { waits: 1, refused: 1, narrowed: 0, 'let-through': 1, 'asks-instead': 1 },
      approvalsPerDay: { before: 0, after: 0.067 },
      stoppedUsd: 0.2,
      idleChanges: ['cost/perRun'],
    });
    expect(report.examples[0]).toMatchObject({ move: 'let-through', before: 'block', after: 'allow' });
  });

  it('shows the few runs whose end would have been another beside the many', () => {
    const tally = new Tally();
    const end = (band: 'low' | 'high', pages = false) => ({
      band,
      pages,
      opensIncident: pages,
      severities: new Set<'high'>(),
    });
    for (let index = 0; index < 60; index += 1) {
      tally.add(run, replay(seat(givenPolicy()), null, [], ALONE));
      tally.addOutcome(run, end('low'), end('high', true), 0.5);
    }
    tally.addOutcome(run, end('high', true), end('low'), 0.5);
    tally.addOutcome(run, end('low'), end('low'), 0.5);
    const { outcomes, idleChanges } = tally.report(window, ['risk/thresholds/high', 'failure/low']);
    expect(outcomes).toMatchObject({
      bands: [
        { before: 'low', after: 'high', runs: 60 },
        { before: 'high', after: 'low', runs: 1 },
      ],
      pagesPerDay: { before: 0.033, after: 2 },
      costPerDay: { before: 1.0333, after: 1.0333 },
    });
    expect(outcomes?.examples).toHaveLength(20);
    expect(outcomes?.examples.filter((each) => each.after.band === 'low')).toHaveLength(1);
    expect(idleChanges).toEqual(['failure/low']);
  });

  it('keeps fifty examples at most, and shows the few beside the many', () => {
    const asks = givenPolicy({ authority: { defaults: { transact: 'approval' } } });
    const tally = new Tally();
    for (let index = 0; index < 200; index += 1)
      tally.add(run, replay(seat(asks), null, [call('payments.send')], ALONE));
    tally.add(run, replay(seat(asks), null, [call('claims.note', { lane: 'escalate' })], ALONE));
    const report = tally.report(window, []);
    expect(report.examples).toHaveLength(50);
    expect(report.examples.filter((each) => each.move === 'let-through')).toHaveLength(1);
    expect(report.approvalsPerDay).toEqual({ before: 0.033, after: 6.667 });
  });
});
