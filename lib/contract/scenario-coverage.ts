import { BEHAVIOURS, type Behaviour } from './scenario-behaviours';
import type { ScenarioResult } from './scenarios';
import type { Contract } from './schema';

export interface ScenarioCoverage {
  /** Clauses that decide calls, in the order a contract is read. */
  clauses: string[];
  /** Those no scenario exercises. */
  idle: string[];
  /** How many scenarios show each behaviour. */
  behaviours: Record<Behaviour, number>;
}

/**
 * Which clauses of a contract its scenarios exercise: those that objected in one, and those that let a call pass. Counted are
 * the clauses by which the runtime decides calls; people, weights and dates decide none. Pure.
 */
export function scenarioCoverage(contract: Contract, results: readonly ScenarioResult[]): ScenarioCoverage {
  const exercised = new Set(results.flatMap((result) => result.exercised));
  const clauses = decidingClauses(contract);
  const behaviours: Record<Behaviour, number> = {
    'missing-evidence': 0,
    'policy-mismatch': 0,
    'tool-failure': 0,
    'ambiguous-input': 0,
    'cost-overrun': 0,
    rollback: 0,
  };
  for (const { behaviour } of results) if (behaviour !== null) behaviours[behaviour] += 1;
  return { clauses, idle: clauses.filter((clause) => !exercised.has(clause)), behaviours };
}

/** Behaviours that no scenario shows. */
export function missingBehaviours({ behaviours }: Pick<ScenarioCoverage, 'behaviours'>): Behaviour[] {
  return BEHAVIOURS.filter((behaviour) => behaviours[behaviour] === 0);
}

/** The clauses of a contract that can decide a call. */
export function decidingClauses({ scope, tools, authority, cost }: Contract): string[] {
  const clauses = ['scope/actions'];
  for (const act of scope.forbidden)
    if (act.tools.length + act.actions.length + act.categories.length > 0)
      clauses.push(`scope/forbidden/${act.id}`);
  for (const [name, tool] of Object.entries(tools)) {
    clauses.push(`tools/${name}`, `tools/${name}/categories`);
    if (tool.arguments !== undefined) clauses.push(`tools/${name}/arguments`);
    if (tool.rateLimit !== undefined) clauses.push(`tools/${name}/rateLimit`);
  }
  clauses.push('authority/level');
  const classes = new Set(Object.values(tools).map((tool) => tool.action));
  for (const action of ['read', 'write', 'transact'] as const)
    if (classes.has(action)) clauses.push(`authority/defaults/${action}`);
  for (const rule of authority.rules) clauses.push(`authority/${rule.id}`);
  for (const key of ['perRun', 'perDay', 'perMonth', 'tokensPerRun', 'callsPerRun', 'repeatedCalls'] as const)
    if (cost[key] !== undefined) clauses.push(`cost/${key}`);
  clauses.push('failure/killSwitch');
  return clauses;
}
