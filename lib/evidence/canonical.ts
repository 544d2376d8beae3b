import { isRecord } from '@/lib/decision/json';

/**
 * RFC 8785 (JCS): the one text of a JSON value, whatever its key order and spacing were. Numbers and texts are written as
 * ECMAScript's JSON writes them, which is what the RFC says; keys are in the order of their UTF-16 units. Members that are
 * undefined are left out. Every decision digests its arguments, so this is written for speed.
 *
 * Throws TypeError for what is not JSON (undefined, NaN, functions), RangeError for what is nested deeper than the stack.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError(`${value} has no place in JSON.`);
    return `${value}`;
  }
  if (value === null || typeof value === 'boolean') return `${value}`;
  if (Array.isArray(value)) {
    let text = '[';
    for (let position = 0; position < value.length; position += 1)
      text += position === 0 ? canonicalJson(value[position]) : `,${canonicalJson(value[position])}`;
    return `${text}]`;
  }
  if (!isRecord(value)) throw new TypeError('Only JSON values have a canonical form.');
  let text = '{';
  for (const key of inOrder(Object.keys(value))) {
    const member = value[key];
    if (member !== undefined) text += `${text === '{' ? '' : ','}${quoted(key)}:${canonicalJson(member)}`;
  }
  return `${text}}`;
}

/** Sorted by UTF-16 units. Most objects have few keys, which are quicker put in their places than handed to `sort`. */
function inOrder(keys: string[]): string[] {
  if (keys.length > 12) return keys.sort();
  for (let position = 1; position < keys.length; position += 1) {
    const key = keys[position] ?? '';
    let place = position;
    for (let before = keys[place - 1]; before !== undefined && before > key; before = keys[place - 1]) {
      keys[place] = before;
      place -= 1;
    }
    keys[place] = key;
  }
  return keys;
}

/** A short text of plain characters is its own JSON; everything else is left to JSON. */
function quoted(text: string): string {
  if (text.length > 64) return JSON.stringify(text);
  for (let position = 0; position < text.length; position += 1) {
    const unit = text.charCodeAt(position);
    if (unit < 0x20 || unit > 0x7e || unit === 0x22 || unit === 0x5c) return JSON.stringify(text);
  }
  return `"${text}"`;
}
