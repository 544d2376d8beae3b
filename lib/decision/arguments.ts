import { cut, isInherited, isRecord, own } from './json';
import type { ArgumentSchema } from './types';

/** Where a value does not fit its schema, and why; null when it fits. */
export interface Misfit {
  /** From the outside in: keys, and list positions as numbers. */
  path: readonly (string | number)[];
  /** Continues a sentence that starts with the path, e.g. `must be at most 100`. */
  reason: string;
}
export type Validator = (value: unknown) => Misfit | null;

/**
 * Longer text fits no `pattern`: some expressions take time by the square of the text's length, and it is the agent who
 * chooses the text.
 */
export const LONGEST_MATCHED = 10_000;

/**
 * Turns an argument schema into one function, once per contract version. Keywords mean what JSON Schema 2020-12 says:
 * each speaks only of values of its own type (`minimum` says nothing of a string), lengths count code points, and a
 * `pattern` is searched for anywhere in the text, up to LONGEST_MATCHED. A pattern that is no regular expression fits
 * nothing.
 * The first misfit found is the answer.
 */
export function compileArguments(schema: ArgumentSchema): Validator {
  const checks: Validator[] = [];
  if (schema.type !== undefined) checks.push(typeCheck(schema.type));
  if (schema.const !== undefined) checks.push(oneOf([schema.const]));
  if (schema.enum !== undefined) checks.push(oneOf(schema.enum));
  checks.push(...numberChecks(schema), ...textChecks(schema), ...listChecks(schema), ...recordChecks(schema));
  const [first, second] = checks;
  if (first === undefined) return () => null;
  if (second === undefined) return first;
  return (value) => {
    for (const check of checks) {
      const misfit = check(value);
      if (misfit !== null) return misfit;
    }
    return null;
  };
}

/** `lines[2].amount must be at most 100`; a misfit of the whole says `the arguments must be an object`. */
export function describeMisfit(misfit: Misfit): string {
  let path = '';
  for (const step of misfit.path) {
    if (typeof step === 'number') path += `[${step}]`;
    else path += path === '' ? cut(step) : `.${cut(step)}`;
  }
  return `${path === '' ? 'the arguments' : path} ${misfit.reason}`;
}

function misfit(reason: string): Misfit {
  return { path: [], reason };
}

function within(step: string | number, inner: Misfit): Misfit {
  return { path: [step, ...inner.path], reason: inner.reason };
}

function typeCheck(type: NonNullable<ArgumentSchema['type']>): Validator {
  const wrong = misfit(`must be ${type === 'null' ? 'null' : `${/^[aio]/.test(type) ? 'an' : 'a'} ${type}`}`);
  const fits = TYPE_TESTS[type];
  return (value) => (fits(value) ? null : wrong);
}

const TYPE_TESTS: Record<NonNullable<ArgumentSchema['type']>, (value: unknown) => boolean> = {
  object: isRecord,
  array: Array.isArray,
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  integer: (value) => Number.isInteger(value),
  boolean: (value) => typeof value === 'boolean',
  null: (value) => value === null,
};

function oneOf(allowed: readonly (string | number | boolean | null)[]): Validator {
  const set = new Set<unknown>(allowed);
  const wrong = misfit(
    allowed.length === 1
      ? `must be ${cut(JSON.stringify(allowed[0]))}`
      : `must be one of ${cut(allowed.map((value) => JSON.stringify(value)).join(', '))}`,
  );
  return (value) => (set.has(value) ? null : wrong);
}

function numberChecks(schema: ArgumentSchema): Validator[] {
  const checks: Validator[] = [];
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema;
  if (minimum !== undefined) {
    const wrong = misfit(`must be at least ${minimum}`);
    checks.push((value) => (typeof value === 'number' && value < minimum ? wrong : null));
  }
  if (maximum !== undefined) {
    const wrong = misfit(`must be at most ${maximum}`);
    checks.push((value) => (typeof value === 'number' && value > maximum ? wrong : null));
  }
  if (exclusiveMinimum !== undefined) {
    const wrong = misfit(`must be more than ${exclusiveMinimum}`);
    checks.push((value) => (typeof value === 'number' && value <= exclusiveMinimum ? wrong : null));
  }
  if (exclusiveMaximum !== undefined) {
    const wrong = misfit(`must be less than ${exclusiveMaximum}`);
    checks.push((value) => (typeof value === 'number' && value >= exclusiveMaximum ? wrong : null));
  }
  return checks;
}

function textChecks(schema: ArgumentSchema): Validator[] {
  const checks: Validator[] = [];
  const { minLength, maxLength, pattern } = schema;
  if (minLength !== undefined) {
    const wrong = misfit(`must have at least ${minLength} characters`);
    checks.push((value) => (typeof value === 'string' && isShorter(value, minLength) ? wrong : null));
  }
  if (maxLength !== undefined) {
    const wrong = misfit(`must have at most ${maxLength} characters`);
    checks.push((value) => (typeof value === 'string' && !isShorter(value, maxLength + 1) ? wrong : null));
  }
  if (pattern !== undefined) {
    const wrong = misfit(`must match ${cut(pattern)}`);
    const expression = expressionOf(pattern);
    checks.push((value) => {
      if (typeof value !== 'string') return null;
      const fits = expression !== null && value.length <= LONGEST_MATCHED && expression.test(value);
      return fits ? null : wrong;
    });
  }
  return checks;
}

/** Fewer than `length` code points; counts them only when the number of UTF-16 units leaves it open. */
function isShorter(text: string, length: number): boolean {
  if (text.length < length) return true;
  if (text.length >= 2 * length) return false;
  let points = 0;
  for (const _ of text) points += 1;
  return points < length;
}

function expressionOf(pattern: string): RegExp | null {
  try {
    return new RegExp(pattern, 'u');
  } catch {
    return null;
  }
}

function listChecks(schema: ArgumentSchema): Validator[] {
  const checks: Validator[] = [];
  const { minItems, maxItems, items } = schema;
  if (minItems !== undefined) {
    const wrong = misfit(`must have at least ${minItems} items`);
    checks.push((value) => (Array.isArray(value) && value.length < minItems ? wrong : null));
  }
  if (maxItems !== undefined) {
    const wrong = misfit(`must have at most ${maxItems} items`);
    checks.push((value) => (Array.isArray(value) && value.length > maxItems ? wrong : null));
  }
  if (items !== undefined) {
    const check = compileArguments(items);
    checks.push((value) => {
      if (!Array.isArray(value)) return null;
      for (let position = 0; position < value.length; position += 1) {
        const inner = check(value[position]);
        if (inner !== null) return within(position, inner);
      }
      return null;
    });
  }
  return checks;
}

function recordChecks(schema: ArgumentSchema): Validator[] {
  const checks: Validator[] = [];
  const { required, additionalProperties } = schema;
  const properties = Object.entries(schema.properties ?? {}).map(([key, inner]) => ({
    key,
    inherited: isInherited(key),
    check: compileArguments(inner),
  }));
  if (required !== undefined && required.length > 0) {
    const keys = required.map((key) => ({ key, inherited: isInherited(key) }));
    checks.push((value) => {
      if (!isRecord(value)) return null;
      for (const { key, inherited } of keys)
        if (own(value, key, inherited) === undefined) return within(key, misfit('is missing'));
      return null;
    });
  }
  if (properties.length > 0)
    checks.push((value) => {
      if (!isRecord(value)) return null;
      for (const { key, inherited, check } of properties) {
        const part = own(value, key, inherited);
        if (part === undefined) continue;
        const inner = check(part);
        if (inner !== null) return within(key, inner);
      }
      return null;
    });
  if (additionalProperties === false) {
    const known = new Set(properties.map(({ key }) => key));
    checks.push((value) => {
      if (!isRecord(value)) return null;
      for (const key in value)
        if (!known.has(key) && value[key] !== undefined) return within(key, misfit('is not expected'));
      return null;
    });
  }
  return checks;
}
