import { jsonNumber } from '@/lib/telemetry/attributes';
import { pythonDict } from '@/lib/telemetry/dialects/python-literal';
import type { JsonValue, TokenUsage } from '@/lib/telemetry/span';

/** Names and ids longer than this are cut or passed over: they are indexed. */
export const MAX_NAME_CHARS = 256;
/** The largest count the database's integers hold. */
const MAX_COUNT = 2_147_483_647;
/** Levels of JSON inside a text attribute; text nested deeper stays text. */
const MAX_TEXT_DEPTH = 64;

type Sent = JsonValue | undefined;

/** Text that says something, or null. */
export function text(value: Sent): string | null {
  if (typeof value !== 'string') return null;
  const trimmed = value.trim();
  if (trimmed === '') return null;
  return trimmed.length <= MAX_NAME_CHARS
    ? trimmed
    : trimmed.slice(0, MAX_NAME_CHARS).toWellFormed().trimEnd();
}

/** An id. One too long to be kept whole is none: cut, it could become another's. */
export function id(value: Sent): string | null {
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'string') return null;
  const trimmed = value.trim();
  return trimmed === '' || trimmed.length > MAX_NAME_CHARS ? null : trimmed;
}

/** A count that fits the database, sent as number or as decimal text. */
export function count(value: Sent): number | null {
  const number = typeof value === 'string' && /^\d{1,10}$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isInteger(number) || number < 0 || number > MAX_COUNT)
    return null;
  return number;
}

/** US dollars, sent as number or as text. */
export function dollars(value: Sent): number | null {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) && number >= 0 ? number : null;
}

/**
 * Tokens of one model call, or null when neither was sent. `input` includes cached tokens; where more was cached than
 * was sent in all, the sender did not count the cached ones in, so they are added.
 */
export function usage(input: number | null, output: number | null, cached: number | null): TokenUsage | null {
  if (input === null && output === null) return null;
  const cachedInput = cached ?? 0;
  const sent = input ?? 0;
  const whole = cachedInput > sent ? sent + cachedInput : sent;
  return { input: Math.min(whole, MAX_COUNT), output: output ?? 0, cachedInput };
}

/**
 * A value that may be JSON in a text: objects, lists and quoted texts are read, anything else is left as it is.
 * undefined when nothing was sent.
 */
export function parsed(value: Sent): Sent {
  if (typeof value !== 'string') return value;
  const first = firstCharacter(value);
  if ((first !== '{' && first !== '[' && first !== '"') || !shallow(value)) return value;
  try {
    const result: unknown = JSON.parse(value);
    if (!isJson(result)) return value;
    // Only an escape can bring in what the database cannot hold: raw text was mended when it was decoded.
    return value.includes('\\u') || mayOverflow(value) ? mended(result) : result;
  } catch {
    return value;
  }
}

/** A JSON object in a text or as such, or null. */
export function record(value: Sent): { [key: string]: JsonValue } | null {
  const result = parsed(value);
  return isRecord(result) ? result : null;
}

/**
 * A call's arguments. Text that looks like JSON but was cut is not evidence of what was passed: undefined, as if it had not
 * been recorded. A dict that Python printed (`{'amount': 3}`) is read too; `{"args": [], "kwargs": {…}}`, as Python
 * decorators record a call, is opened.
 */
export function callArguments(value: Sent, wasCut: boolean): Sent {
  let result = parsed(value);
  if (typeof result === 'string' && looksLikeJson(result)) {
    const dict = firstCharacter(result) === '{' ? pythonDict(result, MAX_TEXT_DEPTH) : undefined;
    if (dict !== undefined) result = mended(dict);
    else if (wasCut) return undefined;
  }
  if (!isRecord(result)) return result;
  const { args, kwargs } = result;
  if (!isRecord(kwargs) || !Array.isArray(args)) return result;
  if (args.length === 0) return kwargs;
  const only = args[0];
  if (args.length === 1 && isRecord(only) && Object.keys(kwargs).length === 0) return only;
  return result;
}

export function isRecord(value: Sent): value is { [key: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function looksLikeJson(value: string): boolean {
  const first = firstCharacter(value);
  return first === '{' || first === '[';
}

function firstCharacter(value: string): string {
  const first = value[0] ?? '';
  return first > ' ' ? first : (value.trimStart()[0] ?? '');
}

/** JSON.parse makes nothing else; this says so to the compiler without a cast. */
function isJson(value: unknown): value is JsonValue {
  return value !== undefined;
}

/** Whether JSON text nests no deeper than we walk. Brackets within its strings do not count. */
function shallow(value: string): boolean {
  if (value.length <= MAX_TEXT_DEPTH || !hasMoreThan(MAX_TEXT_DEPTH, value)) return true;
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < value.length; at++) {
    const code = value.charCodeAt(at);
    if (quoted) {
      if (code === 0x5c) at++;
      else if (code === 0x22) quoted = false;
    } else if (code === 0x22) quoted = true;
    else if (code === 0x7b || code === 0x5b) {
      if (++depth > MAX_TEXT_DEPTH) return false;
    } else if (code === 0x7d || code === 0x5d) depth--;
  }
  return true;
}

/** Whether there are more opening brackets than `most`, wherever they stand: quick, and nearly always the answer. */
function hasMoreThan(most: number, value: string): boolean {
  let left = most;
  for (const bracket of ['{', '['])
    for (let at = value.indexOf(bracket); at >= 0; at = value.indexOf(bracket, at + 1))
      if (--left < 0) return true;
  return false;
}

/** Whether JSON text may hold a number that is too large for one, such as `1e999`: by its exponent, or by its digits. */
function mayOverflow(value: string): boolean {
  return /\d[eE]\+?\d{3}/.test(value) || (value.length > 200 && /\D\d{200}/.test(value));
}

/** What the database cannot hold replaced. A number too large for one becomes text, as in an attribute of its own. */
function mended(value: JsonValue): JsonValue {
  if (typeof value === 'string') return mendedText(value);
  if (typeof value === 'number') return jsonNumber(value);
  if (Array.isArray(value)) return value.map(mended);
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [mendedText(key), mended(inner)]));
}

function mendedText(value: string): string {
  return value.toWellFormed().replaceAll('\0', '\uFFFD');
}
