import { isGroup } from './edit-value';
import type { Key } from './expected';
import { type Contract, contractSchema } from './schema';
import { workspaceDefaults } from './workspace-defaults';

/** What of a faulty document can be read all the same. */
export interface SoundParts {
  /** Faulty entries of lists are left out, other faulty sections stand empty. */
  contract: Contract;
  /** A path of `contract` as a path of the document; undefined for what the document does not have. */
  pathInDocument: (path: readonly Key[]) => Key[] | undefined;
}

/**
 * The parts of a document that do fit the schema, so that faults between clauses can be told together with faults inside them.
 * `faults` are the paths the schema complained about. Undefined when too little is left to compare anything.
 */
export function soundParts(
  document: unknown,
  faults: readonly (readonly PropertyKey[])[],
): SoundParts | undefined {
  if (!isGroup(document) || !isGroup(document.tools)) return undefined;
  const tools = Object.keys(document.tools);
  const defaults = workspaceDefaults('nobody@example.com', '2000-01-01');
  const filler: Record<string, unknown> = {
    ...defaults,
    // Whose the document is nobody knows; it must not pass for the defaults themselves.
    identity: { ...defaults.identity, agent: 'nobody' },
    tools: Object.fromEntries(tools.map((name) => [name, { action: 'read' }])),
  };
  const kept: Record<string, unknown> = { ...document, apiVersion: filler.apiVersion, kind: filler.kind };
  const filled = new Set<string>();
  const gone = new Map<string, Set<number>>();
  for (const path of faults) {
    const section = String(path[0] ?? '');
    const at = path.findIndex((step) => typeof step === 'number');
    const list = path.slice(0, at).map(String);
    // Only a list of entries can do without one of them; anything deeper takes its section along.
    if (at > 0 && at <= 2) {
      const indices = gone.get(list.join('/')) ?? new Set<number>();
      indices.add(Number(path[at]));
      gone.set(list.join('/'), indices);
    } else filled.add(section);
  }
  for (const section of filled)
    if (Object.hasOwn(filler, section)) kept[section] = filler[section];
    else delete kept[section];
  const left = new Map<string, number[]>();
  for (const [list, indices] of gone) {
    const [section = '', key] = list.split('/');
    if (filled.has(section)) continue;
    const holder = key === undefined ? kept : kept[section];
    const items = isGroup(holder) ? holder[key ?? section] : undefined;
    if (!isGroup(holder) || !Array.isArray(items)) continue;
    const indexes = items.map((_, index) => index).filter((index) => !indices.has(index));
    left.set(list, indexes);
    const rest = indexes.map((index): unknown => items[index]);
    if (key === undefined) kept[section] = rest;
    else kept[section] = { ...holder, [key]: rest };
  }
  const parsed = contractSchema.safeParse(kept);
  if (!parsed.success) return undefined;
  return {
    contract: parsed.data,
    pathInDocument: (path) => {
      if (filled.has(String(path[0]))) return undefined;
      const at = path.findIndex((step) => typeof step === 'number');
      const indexes = left.get(path.slice(0, at).join('/'));
      if (at === -1 || indexes === undefined) return [...path];
      const original = indexes[Number(path[at])];
      return original === undefined ? undefined : [...path.slice(0, at), original, ...path.slice(at + 1)];
    },
  };
}
