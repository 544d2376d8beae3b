import { type Group, isGroup } from './edit-value';
import { type ArgumentSchema, argumentSchemaSchema } from './schema';
import { isSlowPattern } from './slow-pattern';

/** What decisions can enforce of a JSON Schema, and what of it they cannot. */
export interface ImportedArguments {
  /** Undefined when nothing of it can be enforced. */
  schema: ArgumentSchema | undefined;
  /** What was left out, in words: `"format" of email`. */
  dropped: string[];
}

/** Deeper than this nobody writes arguments; a schema that refers to itself would have no end. */
const MAX_DEPTH = 8;
const MAX_DROPPED = 20;
/** Parts that refer to parts grow by multiplication: so many are followed and no more. */
const MAX_PARTS = 2000;
/** Say nothing about which values are right. */
const SILENT = new Set([
  '$schema',
  '$id',
  '$defs',
  'definitions',
  'title',
  'default',
  'examples',
  'example',
  'deprecated',
  'readOnly',
  'writeOnly',
  '$comment',
]);
const NUMBERS = [
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
] as const;

/**
 * The arguments of a tool as a contract states them, from JSON Schema of any draft (MCP, OpenAPI): local references are
 * followed, what decisions do not enforce is left out and named, never half kept. Pure.
 *
 * @param root where `#/…` references lead to; the schema itself when left out
 */
export function importArguments(schema: unknown, root: unknown = schema): ImportedArguments {
  const dropped = new Dropped();
  const found = part(schema, '', 0, root, dropped);
  const parsed = argumentSchemaSchema.safeParse(found);
  const usable = parsed.success && Object.keys(parsed.data).some((key) => key !== 'description');
  if (!parsed.success && found !== undefined) dropped.add('the schema as a whole');
  return { schema: usable ? parsed.data : undefined, dropped: [...dropped].slice(0, MAX_DROPPED) };
}

class Dropped extends Set<string> {
  /** How many more parts are looked at. */
  left = MAX_PARTS;
}

function part(
  schema: unknown,
  at: string,
  depth: number,
  root: unknown,
  dropped: Dropped,
): Group | undefined {
  const of = at === '' ? 'the arguments' : at;
  if (!isGroup(schema)) {
    // `true` allows anything and `{}` does too: nothing is lost.
    if (schema === false) dropped.add(`"false" of ${of}`);
    return undefined;
  }
  dropped.left -= 1;
  if (dropped.left < 0) {
    dropped.add(`what comes after ${MAX_PARTS} parts`);
    return undefined;
  }
  if (depth > MAX_DEPTH) {
    dropped.add(`what lies deeper than ${MAX_DEPTH} levels in ${of}`);
    return undefined;
  }
  if (typeof schema.$ref === 'string') {
    const target = referred(root, schema.$ref);
    if (target === undefined) {
      dropped.add(`the reference ${schema.$ref.slice(0, 100)}`);
      return undefined;
    }
    return part(target, at, depth + 1, root, dropped);
  }
  const single = onlyBranch(schema);
  if (single !== undefined) return part({ ...rest(schema), ...single }, at, depth + 1, root, dropped);
  const made: Record<string, unknown> = {};
  const lose = (key: string) => dropped.add(`"${key}" of ${of}`);
  for (const [key, value] of Object.entries(schema)) {
    if (SILENT.has(key)) continue;
    if (key === 'description') {
      if (typeof value === 'string' && value.trim() !== '') made.description = value.trim().slice(0, 500);
    } else if (key === 'type') addType(made, value, schema.nullable === true, lose);
    else if (key === 'nullable') {
      // OpenAPI 3.0; told with the type.
    } else if (key === 'properties' && isGroup(value))
      made.properties = Object.fromEntries(
        Object.entries(value).map(([name, inner]) => [
          name,
          part(inner, at === '' ? name : `${at}.${name}`, depth + 1, root, dropped) ?? {},
        ]),
      );
    else if (key === 'required' && Array.isArray(value))
      made.required = value.filter((name) => typeof name === 'string');
    else if (key === 'additionalProperties') {
      if (typeof value === 'boolean') made.additionalProperties = value;
      else lose(key);
    } else if (key === 'items') {
      const items = part(value, `${at}[]`, depth + 1, root, dropped);
      if (items !== undefined) made.items = items;
    } else if (key === 'enum' && Array.isArray(value) && value.length > 0 && value.every(isScalar))
      made.enum = value;
    else if (key === 'const' && isScalar(value)) made.const = value;
    else if (key === 'pattern' && typeof value === 'string' && isSafePattern(value)) made.pattern = value;
    else if (NUMBERS.some((name) => name === key) && typeof value === 'number') made[key] = value;
    else lose(key);
  }
  return made;
}

function addType(
  made: Record<string, unknown>,
  value: unknown,
  nullable: boolean,
  lose: (key: string) => void,
): void {
  const types = Array.isArray(value) ? value : [value];
  const [only] = types;
  if (types.length === 1 && typeof only === 'string' && !nullable) made.type = only;
  // Several types: a contract names one or none.
  else lose('type');
}

/** `anyOf: [X, null]` and `allOf: [X]` say what X says, as far as a contract can. */
function onlyBranch(schema: Group): Group | undefined {
  for (const key of ['anyOf', 'oneOf', 'allOf'] as const) {
    const branches = schema[key];
    if (!Array.isArray(branches)) continue;
    const [branch] = branches;
    if (branches.length === 1 && isGroup(branch)) return branch;
  }
  return undefined;
}

function rest(schema: Group): Group {
  const { anyOf: _, oneOf: __, allOf: ___, ...others } = schema;
  return others;
}

/** What `#/…` leads to in a document; undefined for anything else. */
export function referred(root: unknown, ref: string): unknown {
  if (ref !== '#' && !ref.startsWith('#/')) return undefined;
  let value: unknown = root;
  if (ref === '#') return value;
  for (const step of ref.slice(2).split('/')) {
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~');
    value = isGroup(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  }
  return value;
}

function isSafePattern(source: string): boolean {
  if (source.length > 500 || isSlowPattern(source)) return false;
  try {
    new RegExp(source, 'u');
    return true;
  } catch {
    return false;
  }
}

function isScalar(value: unknown): boolean {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}
