import { compileArguments } from '@/lib/decision/arguments';
import type { ArgumentSchema } from './schema';

/**
 * True when every value that fits `inner` surely fits `outer`, as decisions check arguments. Never true by mistake; false
 * also where it cannot be told (two different patterns, say).
 */
export function schemaImplies(inner: ArgumentSchema, outer: ArgumentSchema): boolean {
  const values = inner.const === undefined ? inner.enum : [inner.const];
  if (values !== undefined) {
    const fitsInner = compileArguments(inner);
    const fitsOuter = compileArguments(outer);
    return values.every((value) => fitsInner(value) !== null || fitsOuter(value) === null);
  }
  if (outer.const !== undefined || outer.enum !== undefined) return false;
  return (
    typeImplies(inner, outer) &&
    (!mayBe(inner, 'number', 'integer') || figuresImply(inner, outer)) &&
    (!mayBe(inner, 'string') || textImplies(inner, outer)) &&
    (!mayBe(inner, 'array') || listImplies(inner, outer)) &&
    (!mayBe(inner, 'object') || recordImplies(inner, outer))
  );
}

type Type = NonNullable<ArgumentSchema['type']>;

function mayBe({ type }: ArgumentSchema, ...types: Type[]): boolean {
  return type === undefined || types.includes(type);
}

function typeImplies(inner: ArgumentSchema, outer: ArgumentSchema): boolean {
  return (
    outer.type === undefined ||
    inner.type === outer.type ||
    (inner.type === 'integer' && outer.type === 'number')
  );
}

function figuresImply(inner: ArgumentSchema, outer: ArgumentSchema): boolean {
  const { minimum: low, exclusiveMinimum: above, maximum: high, exclusiveMaximum: below } = outer;
  return (
    (low === undefined || atLeast(inner.minimum, low) || atLeast(inner.exclusiveMinimum, low)) &&
    (above === undefined || atLeast(inner.exclusiveMinimum, above) || moreThan(inner.minimum, above)) &&
    (high === undefined || atMost(inner.maximum, high) || atMost(inner.exclusiveMaximum, high)) &&
    (below === undefined || atMost(inner.exclusiveMaximum, below) || lessThan(inner.maximum, below))
  );
}

function textImplies(inner: ArgumentSchema, outer: ArgumentSchema): boolean {
  return (
    (outer.minLength === undefined || outer.minLength === 0 || atLeast(inner.minLength, outer.minLength)) &&
    (outer.maxLength === undefined || atMost(inner.maxLength, outer.maxLength)) &&
    (outer.pattern === undefined || outer.pattern === inner.pattern)
  );
}

function listImplies(inner: ArgumentSchema, outer: ArgumentSchema): boolean {
  return (
    (outer.minItems === undefined || outer.minItems === 0 || atLeast(inner.minItems, outer.minItems)) &&
    (outer.maxItems === undefined || atMost(inner.maxItems, outer.maxItems)) &&
    (outer.items === undefined || inner.maxItems === 0 || schemaImplies(inner.items ?? {}, outer.items))
  );
}

function recordImplies(inner: ArgumentSchema, outer: ArgumentSchema): boolean {
  const required = outer.required ?? [];
  if (!required.every((key) => inner.required?.includes(key) ?? false)) return false;
  const described = new Map(Object.entries(inner.properties ?? {}));
  const expected = new Map(Object.entries(outer.properties ?? {}));
  for (const [key, schema] of expected) {
    const given = described.get(key);
    if (given === undefined && inner.additionalProperties === false) continue;
    if (!schemaImplies(given ?? {}, schema)) return false;
  }
  if (outer.additionalProperties !== false) return true;
  return inner.additionalProperties === false && [...described.keys()].every((key) => expected.has(key));
}

function atLeast(value: number | undefined, limit: number): boolean {
  return value !== undefined && value >= limit;
}
function moreThan(value: number | undefined, limit: number): boolean {
  return value !== undefined && value > limit;
}
function atMost(value: number | undefined, limit: number): boolean {
  return value !== undefined && value <= limit;
}
function lessThan(value: number | undefined, limit: number): boolean {
  return value !== undefined && value < limit;
}
