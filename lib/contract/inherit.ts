import { type Group, isGroup } from './edit-value';
import type { Contract } from './schema';
import { DEFAULTS_AGENT } from './workspace-defaults';

/** An authored document with what it left out, and where that came from. */
export interface Completed {
  document: unknown;
  /**
   * What the defaults filled in, as clause paths: each stands for all below it. `authority/rules` stands for the rules,
   * which are clauses directly under `authority`.
   */
  inherited: string[];
}

/** These say who or what this very contract is: they are never another's. */
const OWN: ReadonlySet<string> = new Set([
  'apiVersion',
  'kind',
  'extends',
  'identity',
  'versioning/contract',
  'versioning/code',
  'versioning/lastReviewed',
]);

/** Parts that only make sense together: writing one writes all of it. */
const UNITS: ReadonlySet<string> = new Set([
  'tools',
  'risk/thresholds',
  'risk/aggregate',
  'risk/audience',
  'cost/throttle',
  'quality/technical',
  'quality/review',
  'failure/codeRollback',
]);

/** Whether a group at that path is filled key by key when a contract extends the defaults, or is its own, or a unit. */
export function isFilled(path: string): boolean {
  return !UNITS.has(path) && !OWN.has(path);
}

/** Whether that key is always a contract's own. */
export function isOwn(path: string): boolean {
  return OWN.has(path);
}

/** Whether a document as authored asks for the workspace defaults where it is silent. */
export function asksForDefaults(authored: unknown): boolean {
  return isGroup(authored) && authored.extends === DEFAULTS_AGENT;
}

/**
 * Fills in what an authored contract leaves out from the workspace defaults, clause by clause: what is written stays as it is
 * written; lists, the tools and the units above are taken whole or not at all. A document that does not ask for the defaults
 * (`extends: workspace-defaults`) is left alone. The result still has to be read as a contract.
 */
export function completeWith(authored: unknown, defaults: Contract): Completed {
  if (!isGroup(authored) || !asksForDefaults(authored)) return { document: authored, inherited: [] };
  const inherited: string[] = [];
  return { document: merge('', authored, defaults, inherited), inherited };
}

function merge(path: string, authored: Group, defaults: object, inherited: string[]): unknown {
  const given = new Map<string, unknown>(Object.entries(defaults));
  const entries = Object.entries(authored).map(([key, value]): [string, unknown] => {
    const here = join(path, key);
    const below = given.get(key);
    return [
      key,
      isGroup(value) && isGroup(below) && !UNITS.has(here) && !OWN.has(here)
        ? merge(here, value, below, inherited)
        : value,
    ];
  });
  for (const [key, value] of given) {
    const here = join(path, key);
    if (value === undefined || OWN.has(here) || Object.hasOwn(authored, key)) continue;
    // A section of which a part is this contract's own is filled in around that part.
    const own = [...OWN].some((each) => each.startsWith(`${here}/`));
    if (own && isGroup(value)) {
      entries.push([key, merge(here, {}, value, inherited)]);
      continue;
    }
    inherited.push(here);
    entries.push([key, value]);
  }
  // Defines each key, so that one called `__proto__` is a key like any other.
  return Object.fromEntries(entries);
}

/** Whether a clause came from the defaults: all of it, some of what is below it, or nothing. */
export function inheritedPart(inherited: readonly string[], clause: string): 'all' | 'some' | 'none' {
  if (inherited.some((path) => covers(path, clause))) return 'all';
  return inherited.some((path) => path.startsWith(`${clause}/`)) ? 'some' : 'none';
}

/** Whether a clause came from the defaults, whole. */
export function isInherited(inherited: readonly string[], clause: string): boolean {
  return inheritedPart(inherited, clause) === 'all';
}

function covers(path: string, clause: string): boolean {
  if (clause === path || clause.startsWith(`${path}/`)) return true;
  return path === 'authority/rules' && /^authority\/(?!(level|defaults)(\/|$))/.test(clause);
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}/${key}`;
}
