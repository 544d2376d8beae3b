import type { Direction, Move, Route } from './change-row';
import { changeRule, type RuleId } from './change-rules';
import type { Around } from './diff-moves';
import { type Fields, type Judge, type Node, ruleOfLeaf, SHAPE } from './diff-shape';
import { type Group, isGroup, sameValue } from './edit-value';
import type { Contract } from './schema';

/** One clause that is not as it was. */
export interface Change {
  /** Of lists of plain values (data categories, tools of a rule) the list; `before` and `after` are then its one entry. */
  clause: string;
  kind: 'added' | 'removed' | 'changed';
  /** Undefined where there was nothing. */
  before: unknown;
  after: unknown;
  direction: Direction;
  /** True when some of it moves the other way; it counts as wider then. */
  mixed: boolean;
  route: Route;
  rule: RuleId;
  /** Why this route, in a sentence. */
  why: string;
}

/**
 * What changed from one contract to another, clause by clause in the order a contract is read; empty for equal contracts and
 * only for those. Lists are compared by `id`, so an entry with another id is another entry; lists of plain values one value
 * at a time; argument schemas, conditions and the escalation path as a whole. Pure; `before` and `after` are not copied.
 */
export function diffContracts(before: Contract, after: Contract): Change[] {
  const changes: Change[] = [];
  const around = { before, after, entry: '', entryBefore: undefined, entryAfter: undefined };
  for (const [key, node] of Object.entries(SHAPE))
    compare(node, key, inside({ ...before }, key), inside({ ...after }, key), around, changes);
  return changes;
}

function compare(
  node: Node,
  clause: string,
  before: unknown,
  after: unknown,
  around: Around,
  changes: Change[],
): void {
  if (before === after) return;
  switch (node.kind) {
    case 'leaf':
      if (sameValue(before, after)) return;
      if (before === undefined || after === undefined)
        changes.push(change(clause, before, after, node.presence, around));
      else
        changes.push(
          change(clause, before, after, { ...node.judge, rule: ruleOfLeaf(node, before, after) }, around),
        );
      return;
    case 'group':
      compareGroup(node.fields, node.presence, clause, before, after, around, changes);
      return;
    case 'set':
      compareSets(node, clause, listOf(before), listOf(after), around, changes);
      return;
    case 'entries':
      compareEntries(node, clause, before, after, around, changes);
      return;
    case 'values':
      for (const key of keysOf(before, after)) {
        const from = inside(before, key);
        const to = inside(after, key);
        if (from !== to)
          changes.push(change(`${clause}/${key}`, from, to, node.judge, { ...around, entry: key }));
      }
  }
}

function compareGroup(
  fields: Fields,
  presence: Judge | undefined,
  clause: string,
  before: unknown,
  after: unknown,
  around: Around,
  changes: Change[],
): void {
  if (presence !== undefined && (before === undefined || after === undefined)) {
    changes.push(change(clause, before, after, presence, around));
    return;
  }
  for (const key in fields) {
    const node = fields[key];
    if (node !== undefined)
      compare(node, `${clause}/${key}`, inside(before, key), inside(after, key), around, changes);
  }
}

/** By id or key; what stands on one side only is one change, however much it holds. */
function compareEntries(
  node: Extract<Node, { kind: 'entries' }>,
  clause: string,
  before: unknown,
  after: unknown,
  around: Around,
  changes: Change[],
): void {
  const from = entriesOf(before);
  const to = entriesOf(after);
  // An empty list that nobody wrote before says nothing new; it is another document all the same.
  if (from.size + to.size === 0 && (before === undefined || after === undefined))
    changes.push(moved(clause, before, after, 'wording', 'neutral'));
  const prefix = node.under ?? clause;
  for (const [entry, entryAfter] of to) {
    const entryBefore = from.get(entry);
    if (entryBefore === entryAfter) continue;
    const inner = { ...around, entry, entryBefore, entryAfter };
    if (entryBefore === undefined)
      changes.push(change(`${prefix}/${entry}`, undefined, entryAfter, node.presence, inner));
    else compareGroup(node.fields, undefined, `${prefix}/${entry}`, entryBefore, entryAfter, inner, changes);
  }
  for (const [entry, entryBefore] of from)
    if (!to.has(entry))
      changes.push(
        change(`${prefix}/${entry}`, entryBefore, undefined, node.presence, {
          ...around,
          entry,
          entryBefore,
          entryAfter: undefined,
        }),
      );
  if (Array.isArray(before) && Array.isArray(after))
    order(
      prefix,
      [...from.keys()].filter((entry) => to.has(entry)),
      [...to.keys()].filter((entry) => from.has(entry)),
      changes,
    );
}

function compareSets(
  node: Extract<Node, { kind: 'set' }>,
  clause: string,
  before: readonly string[],
  after: readonly string[],
  around: Around,
  changes: Change[],
): void {
  const from = new Set(before);
  const to = new Set(after);
  if (node.whole !== undefined && (from.size === 0) !== (to.size === 0)) {
    changes.push(change(clause, before, after, { rule: node.rule, compare: node.whole }, around));
    return;
  }
  for (const value of from)
    if (!to.has(value))
      changes.push(moved(clause, value, undefined, node.rule, node.element(value, false, around)));
  for (const value of to)
    if (!from.has(value))
      changes.push(moved(clause, undefined, value, node.rule, node.element(value, true, around)));
  order(
    clause,
    before.filter((value) => to.has(value)),
    after.filter((value) => from.has(value)),
    changes,
  );
}

/** What both lists have, in another order or another number of times. */
function order(clause: string, before: readonly string[], after: readonly string[], changes: Change[]): void {
  if (!sameValue(before, after)) changes.push(moved(clause, before, after, 'order', 'neutral'));
}

function change(clause: string, before: unknown, after: unknown, judge: Judge, around: Around): Change {
  const rule = judge.other?.where(before, after, around) === true ? judge.other.rule : judge.rule;
  return moved(clause, before, after, rule, judge.compare(before, after, around));
}

function moved(clause: string, before: unknown, after: unknown, id: RuleId, move: Move): Change {
  const rule = changeRule(id);
  const mixed = move === 'both';
  const direction: Direction = mixed ? 'wider' : move;
  return {
    clause,
    kind: before === undefined ? 'added' : after === undefined ? 'removed' : 'changed',
    before,
    after,
    direction,
    mixed,
    route: rule.routes[direction],
    rule: id,
    why: mixed
      ? `${rule.why.wider} Some of it moves the other way, so it counts as wider.`
      : rule.why[direction],
  };
}

function inside(value: unknown, key: string): unknown {
  return isGroup(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

function keysOf(before: unknown, after: unknown): Set<string> {
  return new Set([...Object.keys(groupOf(before)), ...Object.keys(groupOf(after))]);
}

function groupOf(value: unknown): Group {
  return isGroup(value) ? value : {};
}

function listOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}

function entriesOf(value: unknown): Map<string, unknown> {
  if (!Array.isArray(value)) return new Map(Object.entries(groupOf(value)));
  return new Map(
    value.flatMap((item): [string, unknown][] => (isGroup(item) ? [[String(item.id), item]] : [])),
  );
}
