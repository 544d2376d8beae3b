import type { Change } from '../diff';
import { isGroup } from '../edit-value';
import type { Contract } from '../schema';

/**
 * A contract with the changes of a diff made in it, written naively from the names of clauses alone, to hold the diff
 * against. Lists by id become maps, lists of plain values sets in alphabetical order.
 */
export function patched(contract: Contract, changes: readonly Change[]): unknown {
  const tree = flattened(contract);
  if (!(tree instanceof Map)) throw new Error('A contract is a group.');
  for (const change of changes) apply(tree, change);
  return plain(tree);
}

type Tree = Map<string, unknown>;

function flattened(value: unknown, path = ''): unknown {
  if (/^tools\/[^/]+\/arguments$/.test(path)) return value;
  if (Array.isArray(value)) {
    if (value.every((item) => typeof item === 'string')) return new Set(value);
    if (!value.every((item) => isGroup(item) && typeof item.id === 'string')) return value;
    return new Map(value.map((item) => [String(item.id), flattened(item, `${path}/${item.id}`)]));
  }
  if (!isGroup(value)) return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  const tree: Tree = new Map(
    entries.map(([key, inner]) => [key, flattened(inner, path === '' ? key : `${path}/${key}`)]),
  );
  const rules = path === 'authority' ? tree.get('rules') : undefined;
  if (Array.isArray(rules) || rules instanceof Set) tree.delete('rules');
  if (rules instanceof Map) {
    tree.delete('rules');
    for (const [id, rule] of rules) tree.set(id, rule);
  }
  return tree;
}

function apply(tree: Tree, { clause, before, after, rule }: Change): void {
  if (rule === 'order') return;
  const steps = clause.split('/');
  const last = steps.pop() ?? '';
  let parent: Tree = tree;
  for (const step of steps) {
    let next = parent.get(step);
    if (!(next instanceof Map)) {
      next = new Map();
      parent.set(step, next);
    }
    if (next instanceof Map) parent = next;
  }
  const held = parent.get(last);
  const single = typeof before === 'string' || typeof after === 'string';
  if (held instanceof Set && single) {
    if (typeof before === 'string') held.delete(before);
    if (typeof after === 'string') held.add(after);
  } else if (after === undefined) parent.delete(last);
  else parent.set(last, flattened(after, clause));
}

function plain(value: unknown): unknown {
  if (value instanceof Set) return [...value].sort();
  if (!(value instanceof Map)) return value;
  return Object.fromEntries(
    [...value].flatMap(([key, inner]): [string, unknown][] => {
      const made = plain(inner);
      // A list or group that became empty is as good as none.
      const isEmpty =
        (Array.isArray(made) && made.length === 0) || (isGroup(made) && Object.keys(made).length === 0);
      return isEmpty ? [] : [[String(key), made]];
    }),
  );
}
