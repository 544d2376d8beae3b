import { type Document, isMap, isNode, isPair, isScalar, isSeq, type LineCounter } from 'yaml';
import type { Key } from './expected';

/** Where a path of a document stands in its text: 1-based line and column. */
export interface Place {
  line: number;
  column: number;
}

/**
 * The place of a path: of its key where there is one, else of the value; where the path leads to something missing,
 * the place of the deepest part that is there.
 */
export function placeOf(document: Document, lines: LineCounter, path: readonly PropertyKey[]): Place {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const step of path) {
    const next = childOf(node, step);
    if (next === undefined) break;
    offset = next.offset ?? offset;
    node = next.node;
  }
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(1, line), column: Math.max(1, col) };
}

function childOf(
  node: unknown,
  step: PropertyKey,
): { node: unknown; offset: number | undefined } | undefined {
  if (isMap(node)) {
    const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(step));
    return pair === undefined ? undefined : { node: pair.value, offset: startOf(pair.key) };
  }
  if (isSeq(node)) {
    const item = node.items[Number(step)];
    return item === undefined ? undefined : { node: item, offset: startOf(item) };
  }
  return undefined;
}

function startOf(node: unknown): number | undefined {
  if (isPair(node)) return startOf(node.key);
  return isNode(node) ? node.range?.[0] : undefined;
}

/**
 * The clause a path names: keys joined by "/", list items by their `id`, and an authority rule directly under
 * `authority` (`authority/large-payments`), as decisions name it.
 */
export function clausePath(document: unknown, path: readonly PropertyKey[]): string {
  const parts: string[] = [];
  let value: unknown = document;
  for (const step of path) {
    const key: Key = typeof step === 'number' ? step : String(step);
    value = valueAt(value, key);
    const id = typeof key === 'number' ? valueAt(value, 'id') : undefined;
    parts.push(typeof id === 'string' && id !== '' ? id : String(key));
  }
  if (parts[0] === 'authority' && parts[1] === 'rules' && parts.length > 2) parts.splice(1, 1);
  return parts.join('/');
}

function valueAt(value: unknown, key: Key): unknown {
  if (Array.isArray(value)) return typeof key === 'number' ? value[key] : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined;
}
