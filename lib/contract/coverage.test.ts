import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aContract } from '@/lib/services/testing/a-contract';
import { clausesOf } from './clauses';
import { coverageOf, type Observed } from './coverage';
import { contractSchema } from './schema';
import { randomContract } from './testing/random-contract';

const contract = contractSchema.parse(aContract());
const NOTHING: Observed = { runs: 0, tools: [], categories: [], clauses: [], bands: [], severities: [] };

const observed: fc.Arbitrary<Observed> = fc.record({
  runs: fc.nat(1000),
  tools: fc.uniqueArray(
    fc.record({
      name: fc.stringMatching(/^[a-z.]{1,6}$/),
      runs: fc.integer({ min: 1, max: 99 }),
      allowed: fc.boolean(),
    }),
    { maxLength: 5, selector: (tool) => tool.name },
  ),
  categories: fc.uniqueArray(
    fc.record({ name: fc.stringMatching(/^[a-z]{1,6}$/), runs: fc.integer({ min: 1, max: 99 }) }),
    { maxLength: 5, selector: (category) => category.name },
  ),
  clauses: fc.array(fc.constantFrom('cost/perRun', 'scope/actions', 'tools/x/categories'), { maxLength: 3 }),
  bands: fc.subarray(['low', 'medium', 'high', 'critical']),
  severities: fc.subarray(['low', 'medium', 'high', 'critical']),
});

describe('coverage of a contract', () => {
  it('names idle clauses that the contract has, each once, and never more when more was observed', () => {
    fc.assert(
      fc.property(randomContract, observed, observed, (input, first, second) => {
        const subject = contractSchema.parse(input);
        const before = coverageOf(subject, first);
        const paths = new Set(clausesOf(subject).map((clause) => clause.path));
        for (const clause of before.idle) expect(paths).toContain(clause);
        expect(new Set(before.idle).size).toBe(before.idle.length);
        expect(before.watched).toBeGreaterThanOrEqual(before.idle.length);
        const both = {
          runs: first.runs + second.runs,
          tools: [...first.tools, ...second.tools],
          categories: [...first.categories, ...second.categories],
          clauses: [...first.clauses, ...second.clauses],
          bands: [...first.bands, ...second.bands],
          severities: [...first.severities, ...second.severities],
        };
        for (const clause of coverageOf(subject, both).idle) expect(before.idle).toContain(clause);
      }),
    );
  });

  it('without a run finds every clause idle that runs can exercise, and nothing ungoverned', () => {
    const { idle, watched, ungoverned } = coverageOf(contract, NOTHING);
    expect(idle).toHaveLength(watched);
    expect(idle).toContain('tools/refunds.pay');
    expect(idle).toContain('authority/large-refunds');
    expect(idle).not.toContain('ownership/sponsor');
    expect(ungoverned).toEqual([]);
  });

  it('takes an allowed call as exercise of the rules that let it act alone, and of no others', () => {
    const { idle } = coverageOf(contract, {
      ...NOTHING,
      runs: 3,
      tools: [{ name: 'refunds.pay', runs: 3, allowed: true }],
    });
    expect(idle).not.toContain('authority/small-refunds');
    expect(idle).toContain('authority/large-refunds');
    expect(idle).not.toContain('evidence/policy-read');
    expect(idle).not.toContain('cost/perRun');
    expect(idle).toContain('tools/orders.get');
  });

  it('takes a clause below as exercise of the clause it is read in', () => {
    const { idle } = coverageOf(contract, {
      ...NOTHING,
      runs: 1,
      clauses: ['scope/forbidden/no-health-data'],
    });
    expect(idle).not.toContain('scope/forbidden/no-health-data');
    expect(idle).toContain('scope/forbidden/no-account-deletion');
  });

  it('tells tools, data and actions that no clause speaks of, the most frequent first, and what catches them', () => {
    const seen: Observed = {
      ...NOTHING,
      runs: 9,
      tools: [
        { name: 'web.fetch', runs: 2, allowed: false },
        { name: 'orders.get', runs: 9, allowed: true },
        { name: 'refunds.pay', runs: 4, allowed: true },
      ],
      categories: [
        { name: 'payment-card', runs: 3 },
        { name: 'payment', runs: 4 },
        { name: 'location', runs: 1 },
        { name: 'health', runs: 1 },
      ],
    };
    expect(coverageOf(contract, seen).ungoverned).toEqual([
      { kind: 'category', name: 'payment-card', runs: 3, caughtBy: 'risk/categories/payment-card' },
      { kind: 'tool', name: 'web.fetch', runs: 2, caughtBy: null },
      { kind: 'category', name: 'location', runs: 1, caughtBy: null },
    ]);
    const readOnly = contractSchema.parse(aContract({ scope: { actions: ['read'] } }));
    expect(coverageOf(readOnly, seen).ungoverned).toContainEqual({
      kind: 'action',
      name: 'transact',
      runs: 4,
      caughtBy: 'scope/actions',
    });
  });

  it('takes a filter for exercised when data of its category came, or when it spoke', () => {
    // biome-ignore lint/suspicious/noThenProperty: a word of the contract; its value is never a function
    const filter = [{ id: 'slips', categories: ['bank-account'], then: 'mask' as const }];
    const filtering = contractSchema.parse(
      aContract({ tools: { 'orders.get': { action: 'read', filter } } }),
    );
    const clause = 'tools/orders.get/filter/slips';
    const seen: Observed = { ...NOTHING, runs: 1, tools: [{ name: 'orders.get', runs: 1, allowed: true }] };
    expect(coverageOf(filtering, seen).idle).toContain(clause);
    expect(coverageOf(filtering, { ...seen, clauses: [clause] }).idle).not.toContain(clause);
    const came = { ...seen, categories: [{ name: 'bank-account', runs: 1 }] };
    expect(coverageOf(filtering, came).idle).not.toContain(clause);
    expect(coverageOf(filtering, came).ungoverned).toEqual([]);
    expect(coverageOf(contract, came).ungoverned).toMatchObject([{ kind: 'category', name: 'bank-account' }]);
  });
});
