import { describe, expect, it } from 'vitest';
import { compileConditions, LIST_DEPTH, MAYBE, NO, UNRECORDED, YES } from './conditions';
import { givenCall } from './testing/given';
import type { Condition } from './types';

const about = (condition: Condition, args: unknown) =>
  compileConditions([condition], 'write')(givenCall('pay', { arguments: args }));
const amount = (op: '<' | '<=' | '>' | '>=', value: number, actual: unknown) =>
  about({ field: 'arg.amount', op, value }, { amount: actual });

describe('a condition on an argument', () => {
  it('compares numbers exactly at the line', () => {
    expect([9, 10, 11].map((actual) => amount('<', 10, actual))).toEqual([YES, NO, NO]);
    expect([9, 10, 11].map((actual) => amount('<=', 10, actual))).toEqual([YES, YES, NO]);
    expect([9, 10, 11].map((actual) => amount('>', 10, actual))).toEqual([NO, NO, YES]);
    expect([9, 10, 11].map((actual) => amount('>=', 10, actual))).toEqual([NO, YES, YES]);
  });

  it('cannot tell what is not a number, or not there', () => {
    for (const actual of ['9', null, true, {}, [], undefined, Number.NaN])
      for (const op of ['<', '<=', '>', '>='] as const) expect(amount(op, 10, actual)).toBe(MAYBE);
    expect(about({ field: 'arg.amount', op: '=', value: 10 }, {})).toBe(MAYBE);
    expect(about({ field: 'arg.amount', op: '!=', value: 10 }, 'text')).toBe(MAYBE);
    expect(about({ field: 'arg.amount', op: 'in', value: [10] }, null)).toBe(MAYBE);
    expect(about({ field: 'arg.amount', op: 'not-in', value: [10] }, [])).toBe(MAYBE);
  });

  it('compares values by type and case', () => {
    const is = (actual: unknown) => about({ field: 'arg.to', op: '=', value: 'Eve' }, { to: actual });
    expect(['Eve', 'eve', { Eve: 1 }, null, ['Eve'], ['Eve', 'Bob']].map(is)).toEqual([
      YES,
      NO,
      NO,
      NO,
      YES,
      MAYBE,
    ]);
    const isNot = (actual: unknown) => about({ field: 'arg.to', op: '!=', value: null }, { to: actual });
    expect([null, 'x', {}].map(isNot)).toEqual([NO, YES, YES]);
    const among = (actual: unknown) => about({ field: 'arg.to', op: 'in', value: ['a', 1] }, { to: actual });
    expect(['a', 1, '1', ['a', 1], ['a', 2]].map(among)).toEqual([YES, YES, NO, YES, MAYBE]);
  });

  it('asks whether it is there: null is, an empty list is not', () => {
    const there = (args: unknown) => about({ field: 'arg.to.name', op: 'present' }, args);
    expect([{ to: { name: null } }, { to: {} }, { to: [] }, {}, null].map(there)).toEqual([
      YES,
      NO,
      NO,
      NO,
      NO,
    ]);
    expect(there({ to: [{ name: 'a' }, {}] })).toBe(MAYBE);
    expect(about({ field: 'arg.to', op: 'absent' }, {})).toBe(YES);
    expect(about({ field: 'arg.constructor', op: 'absent' }, {})).toBe(YES);
  });

  it('opens lists in lists only so deep', () => {
    const nested = (depth: number) => JSON.parse(`${'['.repeat(depth)}20${']'.repeat(depth)}`);
    expect(amount('>', 10, nested(LIST_DEPTH))).toBe(YES);
    expect(amount('>', 10, nested(LIST_DEPTH + 1))).toBe(MAYBE);
  });

  it('is undecided when nobody recorded the arguments, unless another condition rules the rule out', () => {
    const unrecorded = givenCall('pay', { arguments: undefined });
    const large: Condition = { field: 'arg.amount', op: '>', value: 10 };
    expect(compileConditions([large], 'write')(unrecorded)).toBe(UNRECORDED);
    const read: Condition = { field: 'action', op: '=', value: 'read' };
    expect(compileConditions([large, read], 'write')(unrecorded)).toBe(NO);
    expect(compileConditions([read, large], 'read')(unrecorded)).toBe(UNRECORDED);
  });
});

describe('a condition nobody can test', () => {
  it('is never sure', () => {
    for (const field of ['amount', 'arg.', 'args.x', ''])
      for (const op of ['present', 'absent'] as const) expect(about({ field, op }, {})).toBe(MAYBE);
  });
});
