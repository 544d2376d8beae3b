import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestOf } from '@/lib/evidence/digest';
import { clausesOf } from './clauses';
import { type Change, diffContracts } from './diff';
import { sameValue } from './edit-value';
import { type Contract, contractSchema } from './schema';
import { contractPairs } from './testing/contract-pairs';
import { patched } from './testing/patch';
import { randomContract } from './testing/random-contract';

const key = ({ clause, before, after }: Change) => JSON.stringify([clause, before, after]);

describe('a diff of two contracts', { timeout: 120_000 }, () => {
  it('is empty for a contract and itself, also when its keys stand in another order', () => {
    fc.assert(
      fc.property(randomContract, (input) => {
        const contract = contractSchema.parse(input);
        expect(diffContracts(contract, structuredClone(contract))).toEqual([]);
        const turned = contractSchema.parse(Object.fromEntries(Object.entries(input).reverse()));
        expect(
          diffContracts(contract, {
            ...turned,
            tools: Object.fromEntries(Object.entries(turned.tools).reverse()),
          }),
        ).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  it('is never empty for two contracts that differ', () => {
    fc.assert(
      fc.property(contractPairs, ([before, after]) => {
        const differ = digestOf(before) !== digestOf(after);
        expect(diffContracts(before, after).length > 0).toBe(differ);
      }),
      { numRuns: 400 },
    );
  });

  it('turned round is its mirror: added is removed, narrower is wider, before is after', () => {
    fc.assert(
      fc.property(contractPairs, ([before, after]) => {
        const back = new Map(diffContracts(after, before).map((change) => [key(change), change]));
        const changes = diffContracts(before, after);
        expect(back.size).toBe(changes.length);
        for (const change of changes) {
          const mirror = back.get(JSON.stringify([change.clause, change.after, change.before]));
          expect(mirror).toBeDefined();
          expect(mirror?.rule).toBe(change.rule);
          expect(mirror?.mixed).toBe(change.mixed);
          expect(mirror?.kind).toBe(
            change.kind === 'added' ? 'removed' : change.kind === 'removed' ? 'added' : 'changed',
          );
          expect(mirror?.direction).toBe(
            change.mixed || change.direction === 'narrower'
              ? 'wider'
              : change.direction === 'wider'
                ? 'narrower'
                : 'neutral',
          );
        }
      }),
      { numRuns: 400 },
    );
  });

  it('names clauses of one of the two contracts, each part in one change only', () => {
    fc.assert(
      fc.property(contractPairs, ([before, after]) => {
        const known = new Set([...clausesOf(before), ...clausesOf(after)].map((clause) => clause.path));
        const changes = diffContracts(before, after);
        for (const change of changes) expect(known).toContain(change.clause);
        expect(new Set(changes.map(key)).size).toBe(changes.length);
        // No change stands inside another: what is added or removed whole is not told again part by part.
        const whole = changes.filter((change) => change.kind !== 'changed').map((change) => change.clause);
        for (const { clause } of changes)
          for (const other of whole) expect(clause.startsWith(`${other}/`)).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  it('is all there is: the first contract with every change made in it is the second', () => {
    fc.assert(
      fc.property(contractPairs, ([before, after]) => {
        expect(sameValue(patched(before, diffContracts(before, after)), unordered(after))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

/** Lists by id and lists of plain values in the order of their names: what a diff says nothing of when others come in. */
function unordered(contract: Contract): unknown {
  return patched(contract, []);
}
