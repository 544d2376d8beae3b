/** Values as the text of edits: in the style of what they replace, short where that reads best. */
import { isScalar, type Node, Scalar, stringify } from 'yaml';
import type { Path } from './edit-value';

/** Lines of ours stay within this many characters where there is a choice. */
export const WIDTH = 110;

export const PLAIN = { lineWidth: 0, aliasDuplicateObjects: false, version: '1.2' } as const;

export function ended(text: string, line: boolean): string {
  return line && !text.endsWith('\n') ? `${text}\n` : text;
}

/** An anchor or a tag would be lost by writing over it. */
export function marked(node: Node): boolean {
  return ('anchor' in node && node.anchor !== undefined) || node.tag !== undefined;
}

export function nest(path: Path, value: unknown): unknown {
  return path.reduceRight<unknown>(
    (inner, key) => (typeof key === 'number' ? [inner] : { [key]: inner }),
    value,
  );
}

/** Text goes on in the quotes it had. */
export function restyled(value: unknown, old: Node | undefined): unknown {
  if (typeof value !== 'string' || !isScalar(old) || typeof old.value !== 'string') return value;
  if (old.type !== 'QUOTE_DOUBLE' && old.type !== 'QUOTE_SINGLE') return value;
  if (value.includes('\n')) return value;
  const scalar = new Scalar(value);
  scalar.type = old.type;
  return scalar;
}

export function unwrapped(value: unknown): unknown {
  return isScalar(value) ? value.value : value;
}

export function isEmpty(value: object): boolean {
  return Object.keys(value).length === 0;
}

/** A few words or figures read best on one line. */
export function isShortList(value: object): boolean {
  return (
    Array.isArray(value) &&
    value.every((item) => typeof item !== 'object' && !String(item).includes('\n')) &&
    value.join(', ').length <= 72
  );
}

export function flowText(value: unknown): string {
  const text = stringify([value], { ...PLAIN, collectionStyle: 'flow' }).trim();
  return text.slice(1, -1).trim();
}

export function keyText(key: string): string {
  return stringify({ [key]: 0 }, PLAIN).replace(/: 0\n$/, '');
}

export function itemText(value: unknown, flow: boolean, column: number): string {
  if (flow && typeof value === 'object' && value !== null) {
    const text = flowText(value);
    if (column + 2 + text.length <= WIDTH) return `- ${text}`;
  }
  return stringify([value], PLAIN).replace(/\n$/, '');
}

/** Every line but the first, moved to the right. */
export function indented(text: string, by: number): string {
  return by === 0 ? text : text.replace(/\n(?=[^\n])/g, `\n${' '.repeat(by)}`);
}
