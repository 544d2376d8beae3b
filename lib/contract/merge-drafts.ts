import { diff3Merge } from 'node-diff3';
import { applyEdits } from './edit-source';
import { type Edit, editValue, type Group, isGroup, type Path, sameValue } from './edit-value';
import { readText } from './parse';

/** A clause that two people changed differently. Undefined: not there. */
export interface Conflict {
  /** Empty when the texts could not be compared by clause, as one of them cannot be read. */
  clause: string;
  base: unknown;
  mine: unknown;
  theirs: unknown;
}

export type Side = 'mine' | 'theirs';
/** What holds where both changed the same: one side throughout, or what a person chose by clause. */
export type Choice = Side | ReadonlyMap<string, Side>;

/** `source`: the text of both, where they conflict as chosen, else theirs. It is only to be kept when nothing conflicts. */
export interface Merged {
  source: string;
  conflicts: Conflict[];
}

/**
 * Brings two changes of one text together, clause by clause: what only one of them changed is taken from it, comments
 * included; what both changed differently is a conflict, unless `choice` says which holds. Small groups that are agreed
 * as one (thresholds, a rate limit, the arguments of a tool) and lists without ids are taken whole.
 */
export function mergeDrafts(
  texts: { base: string; mine: string; theirs: string },
  choice: Choice = new Map(),
): Merged {
  const { base, mine, theirs } = texts;
  if (mine === theirs || mine === base) return { source: theirs, conflicts: [] };
  if (theirs === base) return { source: mine, conflicts: [] };
  const lines = mergeLines(texts);
  const documents = { base: groupOf(base), mine: groupOf(mine), theirs: groupOf(theirs) };
  if (documents.base === null || documents.mine === null || documents.theirs === null)
    return lines === undefined ? mergeWhole(texts, choice) : { source: lines, conflicts: [] };

  const conflicts: Conflict[] = [];
  const settle = (conflict: Conflict): unknown => {
    const side = typeof choice === 'string' ? choice : choice.get(conflict.clause);
    if (side === undefined) conflicts.push(conflict);
    return side === 'mine' ? conflict.mine : conflict.theirs;
  };
  const wanted = mergeValues(documents.base, documents.mine, documents.theirs, [], settle);
  if (lines !== undefined && sameValue(groupOf(lines), wanted)) return { source: lines, conflicts };
  return { source: applyEdits(theirs, editsBetween(documents.theirs, wanted)), conflicts };
}

/** The clauses in which two texts differ, by the finest names there are; [''] when one of them cannot be read. */
export function changedClauses(before: string, after: string): string[] {
  const [a, b] = [groupOf(before), groupOf(after)];
  if (a === null || b === null) return before === after ? [] : [''];
  const clauses: string[] = [];
  compare(a, b, [], clauses);
  return clauses;
}

function groupOf(source: string): Group | null {
  const text = readText(source, 'yaml');
  if (text.ok) return isGroup(text.document) ? text.document : null;
  return source.trim() === '' ? {} : null;
}

/** By lines, as version control does; undefined where both changed the same ones. */
function mergeLines({
  base,
  mine,
  theirs,
}: {
  base: string;
  mine: string;
  theirs: string;
}): string | undefined {
  const regions = diff3Merge(mine.split('\n'), base.split('\n'), theirs.split('\n'), {
    excludeFalseConflicts: true,
  });
  const lines: string[] = [];
  for (const region of regions) {
    if (region.ok === undefined) return undefined;
    lines.push(...region.ok);
  }
  return lines.join('\n');
}

function mergeWhole(texts: { base: string; mine: string; theirs: string }, choice: Choice): Merged {
  const side = typeof choice === 'string' ? choice : choice.get('');
  if (side !== undefined) return { source: texts[side], conflicts: [] };
  return { source: texts.theirs, conflicts: [{ clause: '', ...texts }] };
}

/** Groups whose parts mean something only together. */
const AGREED_AS_ONE = new Set([
  'arguments',
  'rateLimit',
  'circuitBreaker',
  'reversible',
  'thresholds',
  'aggregate',
  'audience',
  'throttle',
]);

function mergeValues(
  base: unknown,
  mine: unknown,
  theirs: unknown,
  at: readonly string[],
  settle: (conflict: Conflict) => unknown,
): unknown {
  if (sameValue(mine, theirs) || sameValue(base, mine)) return theirs;
  if (sameValue(base, theirs)) return mine;
  const before = base === undefined && at.length < 2 ? (isGroup(mine) ? {} : []) : base;
  const divisible = at.length === 0 || !AGREED_AS_ONE.has(at.at(-1) ?? '');
  if (divisible && isGroup(before) && isGroup(mine) && isGroup(theirs)) {
    const merged: Record<string, unknown> = {};
    for (const key of new Set([...Object.keys(theirs), ...Object.keys(mine)])) {
      const value = mergeValues(own(before, key), own(mine, key), own(theirs, key), [...at, key], settle);
      if (value !== undefined)
        Object.defineProperty(merged, key, { value, enumerable: true, configurable: true, writable: true });
    }
    return merged;
  }
  const lists = [byId(before), byId(mine), byId(theirs)] as const;
  if (divisible && lists[0] !== undefined && lists[1] !== undefined && lists[2] !== undefined)
    return mergeLists(lists[0], lists[1], lists[2], at, settle);
  return settle({ clause: clauseName(at), base, mine, theirs });
}

/** Theirs in their order; what mine adds comes behind what it stood behind. */
function mergeLists(
  base: ReadonlyMap<string, unknown>,
  mine: ReadonlyMap<string, unknown>,
  theirs: ReadonlyMap<string, unknown>,
  at: readonly string[],
  settle: (conflict: Conflict) => unknown,
): unknown[] {
  const order = [...theirs.keys()];
  let behind = -1;
  for (const id of mine.keys()) {
    const there = order.indexOf(id);
    if (there !== -1) behind = there;
    else {
      behind += 1;
      order.splice(behind, 0, id);
    }
  }
  for (const id of base.keys()) if (!order.includes(id)) order.push(id);
  return order.flatMap((id) => {
    const value = mergeValues(base.get(id), mine.get(id), theirs.get(id), [...at, id], settle);
    return value === undefined ? [] : [value];
  });
}

/** What has to be done to the one document to make it say what the other says. */
function editsBetween(from: unknown, to: unknown, path: Path = []): Edit[] {
  if (sameValue(from, to)) return [];
  if (isGroup(from) && isGroup(to)) {
    const removed = Object.keys(from).filter((key) => !Object.hasOwn(to, key));
    return [
      ...removed.map((key): Edit => ({ op: 'remove', path: [...path, key] })),
      ...Object.entries(to).flatMap(([key, value]): Edit[] =>
        Object.hasOwn(from, key)
          ? editsBetween(from[key], value, [...path, key])
          : [{ op: 'set', path: [...path, key], value }],
      ),
    ];
  }
  return listEdits(from, to, path) ?? [{ op: 'set', path, value: to }];
}

/** Undefined when more changed than that items came, went or changed where they stand. */
function listEdits(from: unknown, to: unknown, path: Path): Edit[] | undefined {
  const [before, after] = [byId(from), byId(to)];
  if (before === undefined || after === undefined || before.size === 0) return undefined;
  const edits: Edit[] = [];
  const ids = [...before.keys()];
  for (const id of ids.toReversed())
    if (!after.has(id)) {
      edits.push({ op: 'remove', path: [...path, ids.indexOf(id)] });
      ids.splice(ids.indexOf(id), 1);
    }
  let index = 0;
  for (const [id, value] of after) {
    if (before.has(id)) {
      if (ids[index] !== id) return undefined;
      edits.push(...editsBetween(before.get(id), value, [...path, index]));
    } else {
      edits.push({ op: 'insert', path, index, value });
      ids.splice(index, 0, id);
    }
    index += 1;
  }
  return sameValue(editValue(from, relative(edits, path)), to) ? edits : undefined;
}

function relative(edits: readonly Edit[], path: Path): Edit[] {
  return edits.map((edit) => ({ ...edit, path: edit.path.slice(path.length) }));
}

function compare(before: unknown, after: unknown, at: readonly string[], clauses: string[]): void {
  if (sameValue(before, after)) return;
  const divisible = at.length === 0 || !AGREED_AS_ONE.has(at.at(-1) ?? '');
  if (divisible && isGroup(before) && isGroup(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)]))
      compare(own(before, key), own(after, key), [...at, key], clauses);
    return;
  }
  const [a, b] = [byId(before), byId(after)];
  if (divisible && a !== undefined && b !== undefined && a.size + b.size > 0) {
    const found = clauses.length;
    for (const id of new Set([...a.keys(), ...b.keys()])) compare(a.get(id), b.get(id), [...at, id], clauses);
    if (clauses.length > found) return;
  }
  clauses.push(clauseName(at));
}

/** A list's items by their ids, when each has one of its own. */
function byId(value: unknown): ReadonlyMap<string, unknown> | undefined {
  if (!Array.isArray(value)) return undefined;
  const items = new Map<string, unknown>();
  for (const item of value) {
    const id: unknown = isGroup(item) ? own(item, 'id') : undefined;
    if (typeof id !== 'string' || id === '' || items.has(id)) return undefined;
    items.set(id, item);
  }
  return items;
}

function own(group: Group, key: string): unknown {
  return Object.hasOwn(group, key) ? group[key] : undefined;
}

/** As lib/contract/clauses.ts names clauses: rules stand directly under `authority`. */
function clauseName(parts: readonly string[]): string {
  return (
    parts[0] === 'authority' && parts[1] === 'rules' && parts.length > 2 ? parts.toSpliced(1, 1) : parts
  ).join('/');
}
