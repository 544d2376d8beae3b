import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aContract } from '@/lib/services/testing/a-contract';
import { CHANGE_RULES } from './change-rules';
import { diffContracts } from './diff';
import { sentenceOf, subjectOf } from './diff-words';
import { readingsOf } from './readings';
import { type Contract, contractSchema } from './schema';
import { clausesOfRules } from './testing/change-rules-page';
import { contractPairs } from './testing/contract-pairs';

const BASE: Contract = contractSchema.parse(aContract());

function changed(change: (contract: Contract) => void) {
  const after = structuredClone(BASE);
  change(after);
  return diffContracts(BASE, after);
}

describe('one diff, four readings', () => {
  it('tells each reader what is theirs, with values and units', () => {
    const readings = readingsOf(
      changed((contract) => {
        contract.cost.perRun = 1.25;
        contract.ownership.operator = 'night@example.com';
        contract.versioning.retentionDays = 730;
        contract.tools['orders.get']?.categories.push('payment');
        contract.authority.rules[0]?.when.splice(0, 1, { field: 'arg.amount', op: '<=', value: 500 });
      }),
    );
    const told = Object.fromEntries(
      readings.map(({ reader, lines }) => [reader, lines.map((line) => line.sentence)]),
    );
    expect(told).toEqual({
      sponsor: [
        'The data orders.get may touch: new, payment.',
        'The rule small-refunds holds when: amount up to 100 → amount up to 500.',
        'The budget of a run: $0.50 → $1.25.',
      ],
      engineer: ['The data orders.get may touch: new, payment.'],
      grc: [
        'The data orders.get may touch: new, payment.',
        'The rule small-refunds holds when: amount up to 100 → amount up to 500.',
        'How long its runs are kept: 365 days → 730 days.',
      ],
      operator: [
        'The rule small-refunds holds when: amount up to 100 → amount up to 500.',
        'The budget of a run: $0.50 → $1.25.',
        'The operator on call: operator@example.com → night@example.com.',
      ],
    });
    expect(readings[0]?.lead).toBe(
      '3 changes in what it may do, decide and spend: 3 wider. They go to Scoping: what it may do is agreed again.',
    );
  });

  it('tells those nothing concerns nothing', () => {
    const readings = readingsOf(
      changed((contract) => {
        contract.cost.infrastructurePerHour = 2;
      }),
    );
    expect(readings.map(({ lead, lines }) => [lead, lines.length])).toEqual([
      [null, 0],
      [null, 0],
      [null, 0],
      [null, 0],
    ]);
  });

  it('leaves no change that widens, and none that asks for more than G6, to nobody', () => {
    fc.assert(
      fc.property(contractPairs, ([before, after]) => {
        const changes = diffContracts(before, after);
        const read = new Set(
          readingsOf(changes).flatMap((reading) => reading.lines.map((line) => line.change)),
        );
        for (const change of changes)
          if (change.direction === 'wider' || change.route !== 'g6') expect(read).toContain(change);
      }),
      { numRuns: 200 },
    );
    expect(CHANGE_RULES.length).toBeGreaterThan(50);
  }, 30_000);

  it('writes every change as one sentence with a name for its clause', () => {
    fc.assert(
      fc.property(contractPairs, ([before, after]) => {
        for (const change of diffContracts(before, after)) {
          expect(subjectOf(change.clause)).not.toBe(change.clause);
          expect(sentenceOf(change)).toMatch(/[.!?]$/);
          expect(sentenceOf(change)).not.toMatch(/undefined|\[object/);
        }
      }),
      { numRuns: 200 },
    );
  }, 30_000);

  it('has a name for every clause that can change', () => {
    const clauses = [...clausesOfRules().values()].flat().map((clause) => clause.replaceAll('<id>', 'x'));
    expect(clauses.filter((clause) => subjectOf(clause) === clause)).toEqual([]);
  });
});
