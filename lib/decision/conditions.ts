import { isInherited, isRecord, own } from './json';
import type { ActionClass, Condition, IntendedCall } from './types';

/**
 * What a condition, or a whole rule, says of a call. MAYBE is for what cannot be told from what was sent (an absent
 * argument, text where a number is compared, a list whose items disagree): a rule that restricts takes it as yes, a rule
 * that frees takes it as no. UNRECORDED means that nobody kept the arguments.
 */
export const NO = 0;
export const MAYBE = 1;
export const YES = 2;
export const UNRECORDED = 3;
export type Answer = typeof NO | typeof MAYBE | typeof YES | typeof UNRECORDED;

export type Matcher = (call: IntendedCall) => Answer;
/** Says of one value whether it passes; undefined is a value that is not there. */
type Test = (value: unknown) => Answer;

/** Lists within lists are opened this deep; what lies deeper answers MAYBE. */
export const LIST_DEPTH = 32;

const always =
  (answer: Answer): Matcher =>
  () =>
    answer;

/** All conditions of a rule as one function. No conditions: always YES. `action` is the class of the tool called. */
export function compileConditions(conditions: readonly Condition[], action: ActionClass): Matcher {
  const matchers = conditions.map((condition) => compileCondition(condition, action));
  const [first, second] = matchers;
  if (first === undefined) return always(YES);
  if (second === undefined) return first;
  return (call) => {
    let answer: Answer = YES;
    for (const matches of matchers) {
      const one = matches(call);
      if (one === NO) return NO;
      if (one === UNRECORDED || answer === UNRECORDED) answer = UNRECORDED;
      else if (one === MAYBE) answer = MAYBE;
    }
    return answer;
  };
}

function compileCondition(condition: Condition, action: ActionClass): Matcher {
  const test = compileTest(condition);
  const { field, op } = condition;
  if (field === 'action') return always(test(action));
  if (field === 'tool') return (call) => test(call.tool);
  if (field === 'category') {
    const ofNone: Answer =
      op === '!=' || op === 'not-in' || op === 'absent'
        ? YES
        : op === '=' || op === 'in' || op === 'present'
          ? NO
          : MAYBE;
    return (call) => (call.categories.length === 0 ? ofNone : overItems(call.categories, test));
  }
  if (field.startsWith('arg.') && field.length > 4) {
    const path = field
      .slice(4)
      .split('.')
      .map((key) => ({ key, inherited: isInherited(key) }));
    return (call) => (call.arguments === undefined ? UNRECORDED : overPath(call.arguments, path, 0, test, 0));
  }
  return always(MAYBE);
}

function compileTest(condition: Condition): Test {
  switch (condition.op) {
    case '<': {
      const { value: limit } = condition;
      return (value) => (isFigure(value) ? (value < limit ? YES : NO) : MAYBE);
    }
    case '<=': {
      const { value: limit } = condition;
      return (value) => (isFigure(value) ? (value <= limit ? YES : NO) : MAYBE);
    }
    case '>': {
      const { value: limit } = condition;
      return (value) => (isFigure(value) ? (value > limit ? YES : NO) : MAYBE);
    }
    case '>=': {
      const { value: limit } = condition;
      return (value) => (isFigure(value) ? (value >= limit ? YES : NO) : MAYBE);
    }
    case '=': {
      const { value: wanted } = condition;
      return (value) => (value === undefined ? MAYBE : value === wanted ? YES : NO);
    }
    case '!=': {
      const { value: unwanted } = condition;
      return (value) => (value === undefined ? MAYBE : value === unwanted ? NO : YES);
    }
    case 'in': {
      const wanted = new Set<unknown>(condition.value);
      return (value) => (value === undefined ? MAYBE : wanted.has(value) ? YES : NO);
    }
    case 'not-in': {
      const unwanted = new Set<unknown>(condition.value);
      return (value) => (value === undefined ? MAYBE : unwanted.has(value) ? NO : YES);
    }
    case 'present':
      return (value) => (value === undefined ? NO : YES);
    case 'absent':
      return (value) => (value === undefined ? YES : NO);
  }
}

function isFigure(value: unknown): value is number {
  return typeof value === 'number' && !Number.isNaN(value);
}

function overItems(items: readonly unknown[], test: Test): Answer {
  let answer: Answer | null = null;
  for (const item of items) {
    const one = test(item);
    if (one === MAYBE || (answer !== null && answer !== one)) return MAYBE;
    answer = one;
  }
  return answer ?? test(undefined);
}

/** Walks to what the path names. A list on the way, or at the end, stands for its items. */
function overPath(
  value: unknown,
  path: readonly { key: string; inherited: boolean }[],
  position: number,
  test: Test,
  depth: number,
): Answer {
  if (Array.isArray(value)) {
    if (depth === LIST_DEPTH) return MAYBE;
    let answer: Answer | null = null;
    for (const item of value) {
      const one = overPath(item, path, position, test, depth + 1);
      if (one === MAYBE || (answer !== null && answer !== one)) return MAYBE;
      answer = one;
    }
    return answer ?? test(undefined);
  }
  const step = path[position];
  if (step === undefined) return test(value);
  if (!isRecord(value)) return test(undefined);
  return overPath(own(value, step.key, step.inherited), path, position + 1, test, depth);
}
