import { isGroup } from './edit-value';
import type { ArgumentSchema } from './schema';

/** Fewer calls say too little about which arguments there are. */
export const LEAST_SAMPLES = 20;
/** An argument with this few values, each seen several times, is probably one of a list. */
const MOST_CHOICES = 5;
const LEAST_OF_EACH = 3;
const MOST_PROPERTIES = 40;

/**
 * The JSON Schema that all the arguments fit, only as narrow as they bear out: types, which arguments were always
 * there, and lists of a few values that keep coming back. Undefined for fewer than 20 of them, or when they are no
 * groups of named values. Pure.
 */
export function inferArguments(values: readonly unknown[]): ArgumentSchema | undefined {
  if (values.length < LEAST_SAMPLES || !values.every(isGroup)) return undefined;
  const names = [...new Set(values.flatMap((value) => Object.keys(value)))].sort();
  if (names.length === 0 || names.length > MOST_PROPERTIES) return undefined;
  const required = names.filter((name) => values.every((value) => value[name] !== undefined));
  return {
    type: 'object',
    properties: Object.fromEntries(
      names.map((name) => [name, ofValues(values.flatMap((value) => (name in value ? [value[name]] : [])))]),
    ),
    ...(required.length > 0 ? { required } : {}),
  };
}

function ofValues(values: readonly unknown[]): ArgumentSchema {
  const type = typeOf(values);
  if (type === undefined) return {};
  const choices = type === 'string' ? choicesOf(values) : undefined;
  return { type, ...(choices === undefined ? {} : { enum: choices }) };
}

function choicesOf(values: readonly unknown[]): string[] | undefined {
  if (values.length < LEAST_SAMPLES) return undefined;
  const counts = new Map<string, number>();
  for (const value of values) {
    if (typeof value !== 'string' || value.length > 40) return undefined;
    counts.set(value, (counts.get(value) ?? 0) + 1);
    if (counts.size > MOST_CHOICES) return undefined;
  }
  return [...counts.values()].every((count) => count >= LEAST_OF_EACH)
    ? [...counts.keys()].sort()
    : undefined;
}

function typeOf(values: readonly unknown[]): ArgumentSchema['type'] {
  const types = new Set(values.map(kindOf));
  if (types.size === 2 && types.has('integer') && types.has('number')) return 'number';
  const [only] = types;
  return types.size === 1 ? only : undefined;
}

function kindOf(value: unknown): NonNullable<ArgumentSchema['type']> {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'array';
  switch (typeof value) {
    case 'string':
      return 'string';
    case 'boolean':
      return 'boolean';
    case 'number':
      return Number.isInteger(value) ? 'integer' : 'number';
    default:
      return 'object';
  }
}
