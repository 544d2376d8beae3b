import { compileArguments } from '@/lib/decision/arguments';
import { sampleText } from './sample-text';
import type { ArgumentSchema } from './schema';

export type SampleArguments = Record<string, unknown>;

/** Arguments that fit a tool's schema, the required ones and those of `also`; null when none could be found. Pure. */
export function sampleArguments(
  schema: ArgumentSchema | undefined,
  also: SampleArguments = {},
): SampleArguments | null {
  if (schema === undefined) return { ...also };
  const made: SampleArguments = {};
  for (const name of schema.required ?? []) {
    const value = sample(schema.properties?.[name] ?? {}, name);
    if (value === undefined) return null;
    made[name] = value;
  }
  const whole = merge(made, also);
  return compileArguments(schema)(whole) === null ? whole : null;
}

/** One value that fits; undefined when none could be found. `name` makes texts readable. */
export function sample(schema: ArgumentSchema, name: string): unknown {
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  switch (schema.type) {
    case 'number':
    case 'integer':
      return sampleNumber(schema);
    case 'boolean':
      return true;
    case 'null':
      return null;
    case 'array': {
      const item = sample(schema.items ?? {}, name);
      return item === undefined ? undefined : Array.from({ length: schema.minItems ?? 1 }, () => item);
    }
    case 'object':
      return sampleArguments(schema) ?? undefined;
    default:
      return sampleString(schema, name);
  }
}

function sampleString({ pattern, minLength = 0, maxLength }: ArgumentSchema, name: string): unknown {
  const text = pattern === undefined ? `${name}-1`.padEnd(minLength, '1') : sampleText(pattern, minLength);
  if (text === null) return undefined;
  if (maxLength === undefined || text.length <= maxLength) return text;
  return pattern === undefined ? text.slice(0, maxLength) : undefined;
}

function sampleNumber(schema: ArgumentSchema): number {
  const { minimum, exclusiveMinimum, maximum, exclusiveMaximum } = schema;
  const most = Math.min(
    maximum ?? Infinity,
    exclusiveMaximum === undefined ? Infinity : exclusiveMaximum - 0.01,
  );
  const least = Math.max(
    minimum ?? -Infinity,
    exclusiveMinimum === undefined ? -Infinity : exclusiveMinimum + (schema.type === 'integer' ? 1 : 0.01),
  );
  const wanted = Math.min(Math.max(1, least), most);
  return schema.type === 'integer' ? Math.ceil(wanted) : wanted;
}

/** Objects key by key, everything else as it is in `over`. */
function merge(base: SampleArguments, over: SampleArguments): SampleArguments {
  const merged = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const known = merged[key];
    merged[key] = isRecord(known) && isRecord(value) ? merge(known, value) : value;
  }
  return merged;
}

function isRecord(value: unknown): value is SampleArguments {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
