import type { Condition } from './schema';

/**
 * True when every call that matches `inner` surely matches `outer` as well, with at least the same certainty (no, maybe,
 * yes). All conditions of a list must hold, so each of `outer` must follow from one of `inner`. Never true by mistake; false
 * also where it cannot be told.
 */
export function conditionsImply(inner: readonly Condition[], outer: readonly Condition[]): boolean {
  return outer.every((wanted) => inner.some((given) => implies(given, wanted)));
}

/** True when two lists of conditions differ in their figures only. */
export function differInFigures(before: readonly Condition[], after: readonly Condition[]): boolean {
  return (
    before.length === after.length &&
    before.every((condition, index) => {
      const other = after[index];
      return (
        other !== undefined &&
        condition.field === other.field &&
        condition.op === other.op &&
        (figureOf(condition) !== undefined) === (figureOf(other) !== undefined) &&
        (figureOf(condition) !== undefined || sameTest(condition, other))
      );
    })
  );
}

function figureOf(condition: Condition): number | undefined {
  return 'value' in condition && typeof condition.value === 'number' ? condition.value : undefined;
}

function sameTest(a: Condition, b: Condition): boolean {
  return a.op === b.op && sameSet(valuesOf(a), valuesOf(b));
}

function sameSet(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.every((value) => b.includes(value)) && b.every((value) => a.includes(value));
}

function valuesOf(condition: Condition): readonly unknown[] {
  if (!('value' in condition)) return [];
  return Array.isArray(condition.value) ? condition.value : [condition.value];
}

/** The values a test lets through: a finite list, all but a finite list, or figures on one side of a bound. */
type Test =
  | { kind: 'only'; values: readonly unknown[] }
  | { kind: 'except'; values: readonly unknown[] }
  | { kind: 'bound'; op: '<' | '<=' | '>' | '>='; value: number }
  | { kind: 'there'; present: boolean };

function testOf(condition: Condition): Test {
  switch (condition.op) {
    case '<':
    case '<=':
    case '>':
    case '>=':
      return { kind: 'bound', op: condition.op, value: condition.value };
    case '=':
      return { kind: 'only', values: [condition.value] };
    case 'in':
      return { kind: 'only', values: condition.value };
    case '!=':
      return { kind: 'except', values: [condition.value] };
    case 'not-in':
      return { kind: 'except', values: condition.value };
    case 'present':
    case 'absent':
      return { kind: 'there', present: condition.op === 'present' };
  }
}

/** An absent value, and one that is no figure where figures are compared, is maybe to all but `present` and `absent`. */
function implies(given: Condition, wanted: Condition): boolean {
  if (given.field !== wanted.field) return false;
  const inner = testOf(given);
  const outer = testOf(wanted);
  if (inner.kind === 'there' || outer.kind === 'there')
    return inner.kind === 'there' && outer.kind === 'there' && inner.present === outer.present;
  switch (inner.kind) {
    case 'only':
      if (outer.kind === 'only') return inner.values.every((value) => outer.values.includes(value));
      if (outer.kind === 'except') return !inner.values.some((value) => outer.values.includes(value));
      return inner.values.every((value) => typeof value === 'number' && isWithin(value, outer));
    case 'except':
      return outer.kind === 'except' && outer.values.every((value) => inner.values.includes(value));
    case 'bound':
      if (outer.kind === 'bound') return isInside(inner, outer);
      return (
        outer.kind === 'except' &&
        outer.values.every((value) => typeof value === 'number' && !isWithin(value, inner))
      );
  }
}

type Bound = Extract<Test, { kind: 'bound' }>;

function isWithin(value: number, { op, value: limit }: Bound): boolean {
  if (op === '<') return value < limit;
  if (op === '<=') return value <= limit;
  return op === '>' ? value > limit : value >= limit;
}

function isInside(inner: Bound, outer: Bound): boolean {
  const upper = inner.op === '<' || inner.op === '<=';
  if (upper !== (outer.op === '<' || outer.op === '<=')) return false;
  if (inner.value === outer.value) return inner.op === outer.op || outer.op.endsWith('=');
  return upper ? inner.value < outer.value : inner.value > outer.value;
}
