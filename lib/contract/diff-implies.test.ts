import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileArguments } from '@/lib/decision/arguments';
import { compileConditions, MAYBE, NO, YES } from '@/lib/decision/conditions';
import type { IntendedCall } from '@/lib/decision/types';
import { conditionsImply, differInFigures } from './diff-conditions';
import { schemaImplies } from './diff-schemas';
import { nearCalls, nearConditions, nearSchema } from './testing/contract-pairs';

/** Nothing is unrecorded in these calls. */
const RANK = [NO, MAYBE, YES];

describe('conditions that are said to imply others', { timeout: 60_000 }, () => {
  const answer = (conditions: Parameters<typeof compileConditions>[0], call: IntendedCall) =>
    RANK.indexOf(compileConditions(conditions, 'read')(call));

  it('match no call, and no value, more surely than those', () => {
    let implied = 0;
    fc.assert(
      fc.property(
        nearConditions,
        nearConditions,
        fc.array(nearCalls, { minLength: 6, maxLength: 6 }),
        (inner, outer, calls) => {
          if (!conditionsImply(inner, outer)) return;
          implied += 1;
          for (const call of calls) expect(answer(inner, call)).toBeLessThanOrEqual(answer(outer, call));
        },
      ),
      { numRuns: 20_000 },
    );
    expect(implied).toBeGreaterThan(2000);
  });

  it('are found where only a figure, a value or a condition was added or taken away', () => {
    const above = (value: number) => [{ field: 'arg.amount', op: '>' as const, value }];
    expect(conditionsImply(above(10), above(5))).toBe(true);
    expect(conditionsImply(above(5), above(10))).toBe(false);
    expect(conditionsImply(above(5), [])).toBe(true);
    expect(conditionsImply([...above(5), { field: 'category', op: 'present' }], above(5))).toBe(true);
    expect(
      conditionsImply(
        [{ field: 'tool', op: 'in', value: ['a'] }],
        [{ field: 'tool', op: 'not-in', value: ['b', 'c'] }],
      ),
    ).toBe(true);
    expect(differInFigures(above(10), above(5))).toBe(true);
    expect(differInFigures(above(10), [{ field: 'arg.amount', op: '>=', value: 10 }])).toBe(false);
  });
});

describe('an argument schema that is said to imply another', { timeout: 60_000 }, () => {
  const value = fc.constantFrom<unknown>(
    0,
    0.5,
    1,
    5,
    10,
    11,
    'a',
    'abc',
    null,
    [],
    [0],
    [1, 11],
    [0, 0, 0],
    undefined,
  );
  const someArguments = fc.record({ amount: value, to: value, other: value });

  it('lets no arguments through that the other refuses', () => {
    let implied = 0;
    fc.assert(
      fc.property(
        nearSchema,
        nearSchema,
        fc.array(someArguments, { minLength: 8, maxLength: 8 }),
        (inner, outer, values) => {
          if (!schemaImplies(inner, outer)) return;
          implied += 1;
          const fits = compileArguments(inner);
          const other = compileArguments(outer);
          for (const each of values) if (fits(each) === null) expect(other(each)).toBeNull();
        },
      ),
      { numRuns: 30_000 },
    );
    expect(implied).toBeGreaterThan(2000);
  });

  it('implies itself, and whatever asks less', () => {
    fc.assert(
      fc.property(nearSchema, (schema) => {
        expect(schemaImplies(schema, schema)).toBe(true);
        expect(schemaImplies(schema, {})).toBe(true);
        expect(schemaImplies({ ...schema, required: ['amount', 'to'] }, schema)).toBe(true);
      }),
    );
  });
});
