import { describe, expect, it } from 'vitest';
import { policyOf } from '@/lib/contract/decides';
import { type ContractInput, contractSchema } from '@/lib/contract/schema';
import { type RecordedCall, replay } from '@/lib/decision/backtest';
import { compile } from '@/lib/decision/compile';
import { aContract } from '@/lib/services/testing/a-contract';
import { OutcomeWatcher } from './replayed-outcome';

const STANDING = { authorityLevel: 'continuous' as const, spentByOthers: () => ({ day: 0, month: 0 }) };

function call(tool: string, over: Partial<RecordedCall> = {}): RecordedCall {
  return {
    kind: 'call',
    spanId: 'a'.repeat(16),
    traceId: 'b'.repeat(32),
    tool,
    arguments: { orderId: 'o-1', amount: 5, query: 'refunds' },
    argumentsDigest: 'd1',
    declared: [],
    detected: [],
    sent: [],
    filtered: [],
    at: Date.UTC(2026, 10, 21),
    lane: 'allow',
    clauses: [],
    made: true,
    ...over,
  };
}

/** What a run of those calls comes to by that contract. */
function outcomeOf(input: ContractInput, events: Parameters<typeof replay>[2]) {
  const contract = contractSchema.parse(input);
  const policy = compile(policyOf(contract));
  const watcher = new OutcomeWatcher(contract, policy);
  replay({ policy, detects: new Set(['bank-account']) }, null, events, STANDING, watcher);
  const { severities, ...rest } = watcher.outcome();
  return { ...rest, severities: [...severities].sort() };
}

const read = aContract().tools['orders.get'];
const reading = (changes: object) =>
  aContract({ tools: { 'orders.get': { action: 'read', categories: read?.categories ?? [], ...changes } } });

describe('what a whole run would have come to', () => {
  it('counts breaches behind the first answer that differs', () => {
    const found = call('orders.get', { detected: ['bank-account'] });
    expect(outcomeOf(reading({}), [call('unheard-of'), found])).toMatchObject({
      severities: ['critical', 'high'],
      pages: true,
      opensIncident: true,
    });
  });

  it('counts data that the contract filters neither as a breach nor for risk', () => {
    // biome-ignore lint/suspicious/noThenProperty: a word of the contract; its value is never a function
    const filtering = reading({ filter: [{ id: 'slips', categories: ['bank-account'], then: 'mask' }] });
    const found = call('orders.get', { detected: ['bank-account'] });
    expect(outcomeOf(filtering, [found])).toEqual(outcomeOf(filtering, [call('orders.get')]));
    expect(outcomeOf(filtering, [found])).toMatchObject({ severities: [], pages: false });
  });

  it('leaves out calls that were refused and never made', () => {
    expect(outcomeOf(reading({}), [call('unheard-of', { made: false })])).toMatchObject({ severities: [] });
  });

  it('finds a budget that the last model call of the run broke', () => {
    const spend = { kind: 'usage' as const, at: Date.UTC(2026, 10, 21), tokens: 10, costUsd: 2 };
    const limited = aContract({ cost: { perRun: 1, onBreach: { perRun: 'page' } } });
    expect(outcomeOf(limited, [spend])).toMatchObject({ severities: ['high'], pages: true });
    expect(outcomeOf(aContract({ cost: {} }), [spend])).toMatchObject({ severities: [], pages: false });
  });
});
