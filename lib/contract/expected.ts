import { z } from 'zod';
import { contractSchema } from './schema';

/** A key or index on the way down a document. */
export type Key = string | number;

/**
 * What would have been right at a place, in words; undefined when the message already says it. With the schema of the whole
 * it says which text: an e-mail address, where one stands.
 */
export function expectedOf(issue: z.core.$ZodIssue, whole?: z.ZodType): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.expected === 'string' && schemaAt(whole, issue.path) instanceof z.ZodEmail)
        return FORMAT_WORDS.email;
      return TYPE_WORDS[issue.expected] ?? issue.expected;
    case 'invalid_value':
      return issue.values.length === 1
        ? `exactly ${JSON.stringify(issue.values[0])}`
        : `one of ${issue.values.map(String).join(', ')}`;
    case 'too_small':
      if (issue.origin === 'string') return `at least ${issue.minimum} characters`;
      if (issue.origin === 'array') return `at least ${issue.minimum} of them`;
      return `a number ${issue.inclusive === false ? 'above' : 'of at least'} ${issue.minimum}`;
    case 'too_big':
      if (issue.origin === 'string') return `at most ${issue.maximum} characters`;
      if (issue.origin === 'array') return `at most ${issue.maximum} of them`;
      return `a number ${issue.inclusive === false ? 'below' : 'of at most'} ${issue.maximum}`;
    case 'invalid_format':
      return FORMAT_WORDS[issue.format] ?? undefined;
    default:
      return undefined;
  }
}

const TYPE_WORDS: Record<string, string> = {
  string: 'text',
  number: 'a number (without quotes)',
  int: 'a whole number (without quotes)',
  boolean: 'true or false',
  object: 'a group of named values',
  record: 'a group of named values',
  array: 'a list',
};

const FORMAT_WORDS: Record<string, string> = {
  email: "a person's e-mail address",
  date: 'a day, as 2026-11-21',
  url: 'a web address',
};

/** What is wrong, as a sentence; names the key when one is missing. */
export function messageOf(issue: z.core.$ZodIssue, missing: boolean): string {
  const key = issue.path.at(-1);
  if (missing && key !== undefined) return `"${String(key)}" is missing.`;
  switch (issue.code) {
    case 'invalid_type':
      return `This is ${kindOf(issue.input)}.`;
    case 'invalid_value':
      return 'This value is not known here.';
    case 'too_small':
      return issue.origin === 'string' && issue.minimum === 1
        ? 'This is empty.'
        : 'This is too small or too short.';
    case 'too_big':
      return 'This is too large or too long.';
    case 'invalid_union':
      return 'This fits none of the forms that are possible here.';
    case 'invalid_format':
      return issue.format === 'regex' ? `${capital(issue.message)}.` : 'This is not written as it should be.';
    default:
      return `${capital(issue.message)}.`;
  }
}

/** What stands there, in the words of TYPE_WORDS. */
function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'empty';
  if (Array.isArray(value)) return 'a list';
  switch (typeof value) {
    case 'string':
      return 'text';
    case 'number':
      return Number.isFinite(value) ? 'a number' : 'not a finite number';
    case 'boolean':
      return `${value}, not quoted text`;
    default:
      return 'a group of named values';
  }
}

function capital(text: string): string {
  const plain = text.replace(/\.$/, '');
  return plain.charAt(0).toUpperCase() + plain.slice(1);
}

/** The keys that may stand at a place of a contract; empty where any may. */
export function keysAllowedAt(path: readonly PropertyKey[]): string[] {
  const found = schemaAt(contractSchema, path);
  return found instanceof z.ZodObject ? Object.keys(found.shape) : [];
}

function schemaAt(whole: unknown, path: readonly PropertyKey[]): unknown {
  let schema = whole;
  for (const step of path) schema = inside(bare(schema), step);
  return bare(schema);
}

function bare(schema: unknown): unknown {
  let current = schema;
  for (;;) {
    if (
      current instanceof z.ZodDefault ||
      current instanceof z.ZodPrefault ||
      current instanceof z.ZodOptional
    )
      current = current.unwrap();
    else if (current instanceof z.ZodLazy) current = current.unwrap();
    else return current;
  }
}

function inside(schema: unknown, step: PropertyKey): unknown {
  if (schema instanceof z.ZodObject) return schema.shape[String(step)];
  if (schema instanceof z.ZodArray) return schema.element;
  if (schema instanceof z.ZodRecord) return schema.valueType;
  if (schema instanceof z.ZodUnion)
    return schema.options.find((option) => bare(option) instanceof z.ZodObject);
  return undefined;
}

/** The allowed key that `key` was probably meant to be: at most two letters, and under half of it, away (Levenshtein). */
export function nearest(key: string, allowed: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.min(3, key.length / 2);
  for (const candidate of allowed) {
    const distance = editDistance(key.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

function editDistance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2) return 3;
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replace = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, replace));
    }
    row = next;
  }
  return row[b.length] ?? 3;
}
