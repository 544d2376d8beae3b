import { inScope } from '@/lib/decision/compile';
import type { ActionClass, Band, Contract } from './schema';
import { filtersOf } from './terms';

/** What recorded runs did, gathered over a window. Runs are counted, not calls: a run that loops says no more than once. */
export interface Observed {
  /** Runs looked at. */
  runs: number;
  /** Every tool that was called or asked for; `allowed` when at least once nothing spoke against it. */
  tools: readonly { name: string; runs: number; allowed: boolean }[];
  /** Data categories calls touched. */
  categories: readonly { name: string; runs: number }[];
  /** Clauses that decided a call or were broken. */
  clauses: readonly string[];
  /** Bands runs ended in, and severities of what they broke. */
  bands: readonly Band[];
  severities: readonly Band[];
}

/** Something runs did that no clause of its own speaks of. */
export interface Ungoverned {
  kind: 'tool' | 'category' | 'action';
  name: string;
  runs: number;
  /** The clause that catches it all the same, e.g. the tool entry `*`; null when nothing does. */
  caughtBy: string | null;
}

export interface Coverage {
  /** Clauses a run can exercise, which no run did. */
  idle: string[];
  /** How many clauses a run can exercise at all; people, policies and dates are not among them. */
  watched: number;
  ungoverned: Ungoverned[];
}

/**
 * Holds what runs did against a contract, both ways. A clause is exercised when a recorded call was held against it: the entry
 * of a tool that was called, a rule that decided, a ceiling on any run. A rule that lets the agent act alone leaves no trace of
 * its own, so any call it can speak of that was allowed exercises it. Pure.
 */
export function coverageOf(contract: Contract, observed: Observed): Coverage {
  const seen = seenBy(contract, observed);
  const watched = [...watchedClauses(contract, seen)];
  return {
    idle: watched.filter((each) => !each.exercised).map((each) => each.clause),
    watched: watched.length,
    ungoverned: ungoverned(contract, observed, seen),
  };
}

interface Seen {
  any: boolean;
  tools: ReadonlySet<string>;
  allowed: ReadonlySet<string>;
  categories: ReadonlySet<string>;
  named: ReadonlySet<string>;
  bands: ReadonlySet<Band>;
  severities: ReadonlySet<Band>;
  /** The class of a called tool, as the contract has it; undefined when nothing lists it. */
  classOf: (tool: string) => ActionClass | undefined;
}

function seenBy(contract: Contract, observed: Observed): Seen {
  const entryOf = (name: string) =>
    Object.hasOwn(contract.tools, name) ? contract.tools[name] : contract.tools['*'];
  return {
    any: observed.runs > 0,
    tools: new Set(observed.tools.map((tool) => tool.name)),
    allowed: new Set(observed.tools.filter((tool) => tool.allowed).map((tool) => tool.name)),
    categories: new Set(observed.categories.map((category) => category.name)),
    named: new Set(observed.clauses),
    bands: new Set(observed.bands),
    severities: new Set(observed.severities),
    classOf: (tool) => entryOf(tool)?.action,
  };
}

interface Watched {
  clause: string;
  exercised: boolean;
}

function* watchedClauses(contract: Contract, seen: Seen): Generator<Watched> {
  const { scope, tools, authority, evidence, risk, quality, cost, failure } = contract;
  const named = (clause: string) =>
    seen.named.has(clause) || [...seen.named].some((each) => each.startsWith(`${clause}/`));
  yield { clause: 'scope/actions', exercised: seen.tools.size > 0 };
  for (const act of scope.forbidden)
    if (act.tools.length + act.actions.length + act.categories.length > 0)
      yield { clause: `scope/forbidden/${act.id}`, exercised: named(`scope/forbidden/${act.id}`) };
  for (const name of Object.keys(tools))
    yield {
      clause: `tools/${name}`,
      exercised:
        name === '*' ? [...seen.tools].some((tool) => !Object.hasOwn(tools, tool)) : seen.tools.has(name),
    };
  for (const [name, tool] of Object.entries(tools))
    for (const { id, categories } of filtersOf(tool)) {
      const clause = `tools/${name}/filter/${id}`;
      const called =
        name === '*' ? [...seen.tools].some((each) => !Object.hasOwn(tools, each)) : seen.tools.has(name);
      yield {
        clause,
        exercised: named(clause) || (called && categories.some((category) => seen.categories.has(category))),
      };
    }
  yield { clause: 'authority/level', exercised: seen.tools.size > 0 };
  for (const rule of authority.rules) {
    const speaksOf = (tool: string) =>
      (rule.tools.length === 0 || rule.tools.includes(tool)) &&
      (rule.actions.length === 0 || rule.actions.some((action) => action === seen.classOf(tool)));
    yield {
      clause: `authority/${rule.id}`,
      exercised: named(`authority/${rule.id}`) || (rule.tier === 'alone' && [...seen.allowed].some(speaksOf)),
    };
  }
  for (const action of ['read', 'write', 'transact'] as const)
    yield {
      clause: `authority/defaults/${action}`,
      exercised: [...seen.tools].some((tool) => seen.classOf(tool) === action),
    };
  for (const item of evidence)
    yield { clause: `evidence/${item.id}`, exercised: item.before.some((tool) => seen.tools.has(tool)) };
  for (const band of ['medium', 'high', 'critical'] as const)
    yield { clause: `risk/thresholds/${band}`, exercised: seen.bands.has(band) };
  if (Object.keys(risk.categories).length > 0)
    yield {
      clause: 'risk/categories',
      exercised: Object.keys(risk.categories).some((category) => seen.categories.has(category)),
    };
  if (quality.technical !== undefined) yield { clause: 'quality/technical', exercised: seen.any };
  for (const key of ['perRun', 'perDay', 'perMonth', 'tokensPerRun', 'callsPerRun', 'repeatedCalls'] as const)
    if (cost[key] !== undefined) yield { clause: `cost/${key}`, exercised: seen.any };
  for (const band of ['low', 'medium', 'high', 'critical'] as const)
    yield { clause: `failure/${band}`, exercised: seen.severities.has(band) };
  for (const item of failure.compensations)
    yield {
      clause: `failure/compensations/${item.id}`,
      exercised: seen.tools.has(item.tool) && seen.tools.has(item.by),
    };
}

function ungoverned(contract: Contract, observed: Observed, seen: Seen): Ungoverned[] {
  const spokenOf = new Set([
    ...Object.values(contract.tools).flatMap((tool) => [
      ...tool.categories,
      ...filtersOf(tool).flatMap((filter) => filter.categories),
    ]),
    ...contract.scope.forbidden.flatMap((act) => act.categories),
    ...contract.authority.rules.flatMap((rule) =>
      rule.when.flatMap((condition) =>
        condition.field === 'category' && 'value' in condition ? [condition.value].flat().map(String) : [],
      ),
    ),
  ]);
  const tools = observed.tools
    .filter((tool) => !Object.hasOwn(contract.tools, tool.name))
    .filter((tool) => !contract.scope.forbidden.some((act) => act.tools.includes(tool.name)))
    .map(
      (tool): Ungoverned => ({
        kind: 'tool',
        name: tool.name,
        runs: tool.runs,
        caughtBy: Object.hasOwn(contract.tools, '*') ? 'tools/*' : null,
      }),
    );
  const categories = observed.categories
    .filter((category) => !spokenOf.has(category.name))
    .map(
      (category): Ungoverned => ({
        kind: 'category',
        name: category.name,
        runs: category.runs,
        caughtBy: Object.hasOwn(contract.risk.categories, category.name)
          ? `risk/categories/${category.name}`
          : null,
      }),
    );
  const actions = (['read', 'write', 'transact'] as const)
    .filter((action) => !inScope(contract.scope.actions, action))
    .flatMap((action): Ungoverned[] => {
      const by = observed.tools.filter((tool) => seen.classOf(tool.name) === action);
      const runs = Math.max(0, ...by.map((tool) => tool.runs));
      return runs === 0 ? [] : [{ kind: 'action', name: action, runs, caughtBy: 'scope/actions' }];
    });
  return [...tools, ...categories, ...actions].sort(
    (a, b) => b.runs - a.runs || a.kind.localeCompare(b.kind) || a.name.localeCompare(b.name),
  );
}
