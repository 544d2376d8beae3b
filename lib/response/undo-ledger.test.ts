import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contractSchema } from '@/lib/contract/schema';
import { digestOf } from '@/lib/evidence/digest';
import { aContract, type ContractChanges } from '@/lib/services/testing/a-contract';
import { amountIn, amountPaths } from './money-moved';
import { type LedgerCall, recordOf, undoes, undoingOf, undoLedger } from './undo-ledger';
import { parseUndoWindow, undoableUntil } from './undo-window';

const at = (text: string) => Date.parse(text);
const HOUR = 3_600_000;
const contract = (changes: ContractChanges = {}) => contractSchema.parse(aContract(changes));
const NOW = { now: at('2026-06-10T12:00:00Z'), zone: 'Europe/Berlin' };
const none = new Map<string, { by: string; at: number }>();
let calls = 0;
function call(tool: string, args?: unknown, over: Partial<LedgerCall> = {}): LedgerCall {
  calls += 1;
  return {
    id: `call-${calls}`,
    tool,
    at: at('2026-06-10T08:00:00Z') + calls,
    ...(args === undefined ? {} : { arguments: args }),
    failed: false,
    ...over,
  };
}

describe('until when a contract says that something can be undone', () => {
  it.each([
    ['24 h', '2026-06-11T08:00:00Z'],
    ['30 minutes', '2026-06-10T08:30:00Z'],
    ['within two weeks', '2026-06-24T08:00:00Z'],
    ['1.5 hours', '2026-06-10T09:30:00Z'],
    ['an hour', '2026-06-10T09:00:00Z'],
    // 10:00 in Berlin, where the clock is two hours ahead.
    ['17:00 of the day', '2026-06-10T15:00:00Z'],
    ['until 17:00', '2026-06-10T15:00:00Z'],
    ['5 pm', '2026-06-10T15:00:00Z'],
    ['9 am of the next day', '2026-06-11T07:00:00Z'],
    ['the same day', '2026-06-10T22:00:00Z'],
    ['end of the day', '2026-06-10T22:00:00Z'],
    ['end of the following day', '2026-06-11T22:00:00Z'],
    ['midnight', '2026-06-10T22:00:00Z'],
  ])('understands "%s"', (text, until) => {
    const window = parseUndoWindow(text);
    expect(window).not.toBeNull();
    if (window !== null)
      expect(new Date(undoableUntil(window, at('2026-06-10T08:00:00Z'), 'Europe/Berlin')).toISOString()).toBe(
        new Date(until).toISOString(),
      );
  });

  it.each([
    'the open period',
    'settlement',
    '',
    'soon',
    '17',
    '25:00',
    '13 pm',
    '0 h',
    'constructor days',
    '12 moons',
  ])('does not pretend to understand "%s"', (text) => {
    expect(parseUndoWindow(text)).toBeNull();
  });

  it('ends a day of 23 hours at its midnight', () => {
    const window = parseUndoWindow('the same day');
    if (window === null) throw new Error('not understood');
    expect(new Date(undoableUntil(window, at('2026-03-29T00:30:00Z'), 'Europe/Berlin')).toISOString()).toBe(
      '2026-03-29T22:00:00.000Z',
    );
  });

  it('never fails, whatever is written', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), (text) => {
        const window = parseUndoWindow(text);
        if (window !== null) expect(Number.isFinite(undoableUntil(window, NOW.now, NOW.zone))).toBe(true);
      }),
    );
  });
});

describe('the amount a call names', () => {
  it('is found by the conditions and the argument schema, with its currency', () => {
    const document = contract();
    expect(amountPaths(document, 'refunds.pay')).toEqual([['amount']]);
    const paths = amountPaths(document, 'refunds.pay');
    expect(amountIn(document, 'refunds.pay', { amount: 12.5, currency: 'eur' }, paths)).toEqual({
      value: 12.5,
      currency: 'EUR',
    });
    expect(amountIn(document, 'refunds.pay', { amount: '80.00' }, paths)).toEqual({
      value: 80,
      currency: null,
    });
    expect(amountIn(document, 'refunds.pay', { amount: 'much' }, paths)).toBeNull();
    expect(amountPaths(document, 'orders.get')).toEqual([]);
  });

  it('adds up the entries of a list, and knows cents and a currency fixed by the schema', () => {
    const document = contract({
      tools: {
        'orders.bill': {
          action: 'transact',
          arguments: {
            type: 'object',
            properties: {
              currency: { const: 'CHF' },
              lines: {
                type: 'array',
                items: { type: 'object', properties: { price_cents: { type: 'integer' } } },
              },
            },
          },
        },
      },
    });
    const paths = amountPaths(document, 'orders.bill');
    expect(
      amountIn(document, 'orders.bill', { lines: [{ price_cents: 150 }, { price_cents: 250 }] }, paths),
    ).toEqual({ value: 4, currency: 'CHF' });
  });
});

describe('the undo ledger', () => {
  it('says of each write what can be taken back, and leaves reads out', () => {
    const ledger = undoLedger(
      contract(),
      [
        call('orders.get', { orderId: 'A1' }),
        call('notes.add', { text: 'seen' }),
        call('refunds.pay', { orderId: 'A1', amount: 40 }),
        call('accounts.delete', { id: 7 }),
      ],
      none,
      NOW,
    );
    expect(ledger.entries.map(({ tool, undo }) => [tool, undo.state])).toEqual([
      ['notes.add', 'reversible'],
      ['refunds.pay', 'reversible'],
      ['accounts.delete', 'irreversible'],
    ]);
    expect(ledger.entries[1]).toMatchObject({
      undo: { by: 'refunds.reverse', written: '24 h' },
      amount: { value: 40, currency: null },
      record: 'orderId A1',
    });
    expect(ledger.reached).toEqual({
      calls: 3,
      records: 1,
      recordsUntold: 2,
      amounts: [{ value: 40, currency: null }],
      amountsUntold: 0,
    });
  });

  it('sees that a later call of the compensating tool for the same record took one back', () => {
    const pay = call('refunds.pay', { orderId: 'A1', amount: 40 });
    const other = call('refunds.pay', { orderId: 'A2', amount: 60 });
    const back = call('refunds.reverse', { orderId: 'A1' });
    const ledger = undoLedger(contract(), [back, other, pay], none, NOW);
    expect(ledger.entries.map(({ callId, undo }) => [callId, undo.state])).toEqual([
      [pay.id, 'compensated'],
      [other.id, 'reversible'],
      [back.id, 'undoes'],
    ]);
    expect(ledger.reached.amounts).toEqual([{ value: 100, currency: null }]);
    expect(ledger.standing).toMatchObject({ calls: 1, records: 1, amounts: [{ value: 60, currency: null }] });
  });

  it('does not take a failed or an earlier call for it, and takes one back only once', () => {
    const early = call('refunds.reverse', { orderId: 'A1' });
    const pays = [1, 2].map(() => call('refunds.pay', { orderId: 'A1', amount: 40 }));
    const failed = call('refunds.reverse', { orderId: 'A1' }, { failed: true });
    const back = call('refunds.reverse', { orderId: 'A1' });
    const ledger = undoLedger(contract(), [early, ...pays, failed, back], none, NOW);
    expect(ledger.entries.map(({ undo }) => undo.state)).toEqual([
      'irreversible',
      'compensated',
      'reversible',
      'irreversible',
      'undoes',
    ]);
    expect(ledger.counts).toMatchObject({ compensated: 1, reversible: 1, failed: 1 });
  });

  it('gives a compensating call to what took place before what ended in an error', () => {
    const failed = call('refunds.pay', { orderId: 'A1', amount: 40 }, { failed: true });
    const pay = call('refunds.pay', { orderId: 'A1', amount: 40 });
    const back = call('refunds.reverse', { orderId: 'A1' });
    const states = (calls: LedgerCall[]) =>
      undoLedger(contract(), calls, none, NOW).entries.map(({ undo }) => undo.state);
    expect(states([failed, pay, back])).toEqual(['reversible', 'compensated', 'undoes']);
    expect(states([failed, back])).toEqual(['compensated', 'undoes']);
  });

  it('counts what a receiver reported as taken back', () => {
    const pay = call('refunds.pay', { orderId: 'A1', amount: 40 });
    const ledger = undoLedger(
      contract(),
      [pay],
      new Map([[pay.id, { by: 'refunds.reverse', at: NOW.now }]]),
      NOW,
    );
    expect(ledger.counts.compensated).toBe(1);
    expect(ledger.standing.calls).toBe(0);
  });

  it('knows when it is too late', () => {
    const pay = call('refunds.pay', { orderId: 'A1', amount: 40 });
    const ledger = undoLedger(contract(), [pay], none, { ...NOW, now: pay.at + 25 * HOUR });
    expect(ledger.entries[0]?.undo).toMatchObject({ state: 'too-late', until: pay.at + 24 * HOUR });
  });

  it('counts what it cannot tell, and never takes it for nothing', () => {
    const document = contract({ failure: { blastRadius: { records: 5, amount: 500 } } });
    const ledger = undoLedger(document, [call('refunds.pay'), call('made.up', { amount: 9 })], none, NOW);
    expect(ledger.reached).toMatchObject({ records: 0, recordsUntold: 1, amounts: [], amountsUntold: 1 });
    expect(ledger.unlisted).toBe(1);
    expect(ledger.limits.map(({ of, held }) => [of, held])).toEqual([
      ['records', 'unknown'],
      ['amount', 'unknown'],
    ]);
  });

  it('counts the money of one record once, by the largest call', () => {
    const document = contract({ failure: { blastRadius: { amount: 500 } } });
    const ledger = undoLedger(
      document,
      [
        call('refunds.pay', { orderId: 'A1', amount: 400 }),
        call('refunds.pay', { orderId: 'A1', amount: 300 }),
        call('refunds.pay', { orderId: 'A2', amount: 200, currency: 'USD' }),
      ],
      none,
      NOW,
    );
    expect(ledger.reached.records).toBe(2);
    expect(ledger.limits).toEqual([{ of: 'amount', limit: 500, reached: 600, held: 'exceeded' }]);
  });

  it('cannot say that foreign money is within a limit in dollars', () => {
    const document = contract({ failure: { blastRadius: { amount: 500 } } });
    const ledger = undoLedger(
      document,
      [call('refunds.pay', { orderId: 'A1', amount: 400, currency: 'JPY' })],
      none,
      NOW,
    );
    expect(ledger.limits[0]?.held).toBe('unknown');
  });

  it('does not depend on the order in which calls arrive, and accounts for each', () => {
    const one = fc.record({
      tool: fc.constantFrom(
        'refunds.pay',
        'refunds.reverse',
        'notes.add',
        'orders.get',
        'made.up',
        'toString',
      ),
      order: fc.constantFrom('A1', 'A2', 'A3'),
      amount: fc.option(fc.integer({ min: 1, max: 500 }), { nil: undefined }),
      minute: fc.integer({ min: 0, max: 60 }),
      failed: fc.boolean(),
      recorded: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 12 }), fc.integer(), (made, seed) => {
        const document = contract({ failure: { blastRadius: { records: 2, amount: 300 } } });
        const all = made.map(
          ({ tool, order, amount, minute, failed, recorded }, index): LedgerCall => ({
            id: `c${index}`,
            tool,
            at: NOW.now + minute * 60_000,
            ...(recorded ? { arguments: { orderId: order, amount } } : {}),
            failed,
          }),
        );
        const ledger = undoLedger(document, all, none, NOW);
        const shuffled = all.toSorted((a, b) => ((seed ^ a.id.length) % 3) - ((seed ^ b.id.length) % 3));
        expect(undoLedger(document, shuffled.toReversed(), none, NOW)).toEqual(ledger);
        const { compensated, reversible, tooLate, irreversible, failed } = ledger.counts;
        const undoing = ledger.entries.filter(({ undo }) => undo.state === 'undoes').length;
        expect(compensated + reversible + tooLate + irreversible + failed + undoing).toBe(
          ledger.entries.length,
        );
        // No more is taken back than there were calls that could.
        const undone = ledger.entries.filter(({ undo }) => undo.state === 'compensated').length;
        expect(undoing).toBe(undone);
        expect(compensated).toBeLessThanOrEqual(undone);
        expect(ledger.standing.calls).toBe(ledger.reached.calls - compensated);
        expect(ledger.reached.records + ledger.reached.recordsUntold).toBeLessThanOrEqual(
          ledger.reached.calls,
        );
      }),
    );
  });
});

describe('which call takes back which', () => {
  const desk = contract({
    failure: {
      compensations: [
        { id: 'note', tool: 'notes.add', by: 'notes.remove' },
        { id: 'again', tool: 'refunds.reverse', by: 'refunds.pay' },
      ],
    },
  });

  it('is as if each call were held against each other one', () => {
    const argumentsOf = fc.option(
      fc.record(
        { orderId: fc.constantFrom('A1', 'A2', 7), text: fc.constantFrom('x', 'y') },
        { requiredKeys: [] },
      ),
      { nil: undefined },
    );
    const one = fc.record({
      tool: fc.constantFrom('refunds.pay', 'refunds.reverse', 'notes.add', 'notes.remove'),
      minute: fc.integer({ min: 0, max: 5 }),
      failed: fc.boolean(),
      args: argumentsOf,
    });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 14 }), (drawn) => {
        const made = drawn.map(({ tool, minute, failed, args }, n): LedgerCall => {
          const id = String.fromCharCode(97 + n);
          const time = at('2026-06-10T08:00:00Z') + minute * 60_000;
          return { id, tool, at: time, failed, ...(args === undefined ? {} : { arguments: args }) };
        });
        const ledger = undoLedger(desk, made, none, NOW);
        const found = ledger.entries.flatMap(({ callId, undo }) =>
          undo.state === 'compensated' ? [`${undo.callId} undoes ${callId}`] : [],
        );
        expect(found.sort()).toEqual(pairedOneByOne(made).sort());
      }),
    );
  });

  it('is found out for thousands of calls of one run at once', () => {
    const text = 'x'.repeat(1000);
    const many = Array.from({ length: 1000 }, (_, n) => [
      call('notes.add', { n, text }),
      call('notes.remove', { n, text }),
    ]).flat();
    const began = performance.now();
    const { counts } = undoLedger(desk, many, none, NOW);
    expect(performance.now() - began).toBeLessThan(1000);
    expect(counts.compensated).toBe(1000);
  });

  function pairedOneByOne(made: readonly LedgerCall[]): string[] {
    const inOrder = made.toSorted((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
    const [undone, undoing] = [new Set<string>(), new Set<string>()];
    return [...inOrder.filter((one) => !one.failed), ...inOrder.filter((one) => one.failed)].flatMap(
      (one) => {
        const by = undoingOf(desk, one.tool)?.by;
        if (by === undefined || by === null || undoing.has(one.id)) return [];
        const target = {
          record: recordOf(desk, one.tool, one.arguments),
          argumentsDigest: one.arguments === undefined ? null : digestOf(one.arguments),
        };
        const other = inOrder.find(
          (each) =>
            each.tool === by &&
            !each.failed &&
            each.id !== one.id &&
            each.at >= one.at &&
            !undoing.has(each.id) &&
            !undone.has(each.id) &&
            undoes(desk, target, each),
        );
        if (other === undefined) return [];
        undone.add(one.id);
        undoing.add(other.id);
        return [`${other.id} undoes ${one.id}`];
      },
    );
  }
});
