import { compileArguments, type Validator } from './arguments';
import { compileConditions, type Matcher } from './conditions';
import {
  type ActionClass,
  type AuthorityLevel,
  FILTER_ACTS,
  type FilterAct,
  type Finding,
  type FindingCode,
  type Lane,
  type Obligation,
  type OnCostBreach,
  type Policy,
  type Tier,
} from './types';

/** The entry of `tools` that speaks for every tool that has none of its own. */
export const WILDCARD = '*';

export const TIER_RANK: Readonly<Record<Tier, number>> = { alone: 0, approval: 1, escalation: 2, never: 3 };
export const LEVEL_RANK: Readonly<Record<AuthorityLevel, number>> = {
  'suggest-only': 0,
  'read-only': 1,
  'human-in-the-loop': 2,
  bounded: 3,
  continuous: 4,
};
/** What each ceiling's `onBreach` makes of a call. */
export const LANE_ON_BREACH: Readonly<Record<OnCostBreach, Lane>> = {
  log: 'allow',
  warn: 'allow',
  page: 'escalate',
  pause: 'block',
};
/** Epoch milliseconds a rate limit looks back. A day is 24 hours, not a calendar day. */
const WINDOW_MS = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;

/** A demand of the authority section, ready to be reported. */
export interface Demand {
  readonly rank: number;
  readonly finding: Finding;
  readonly obligation: Obligation | null;
}

export interface CompiledRule extends Demand {
  readonly clause: string;
  readonly matches: Matcher;
}

export interface CompiledFilter {
  readonly clause: string;
  readonly then: FilterAct;
}

export interface CompiledTool {
  /** As the contract writes it; null when the contract does not name it. Looking this up is quicker than an equal text. */
  readonly name: string | null;
  /** The entry of the contract that speaks for the tool: its name, `*`, or null when there is none. */
  readonly entry: string | null;
  /** Null when the contract does not know the tool. */
  readonly action: ActionClass | null;
  readonly egress: boolean;
  readonly categories: readonly string[];
  readonly allowedCategories: ReadonlySet<string>;
  /** Allowed and not forbidden: a call that touches no others needs no closer look. */
  readonly clearCategories: ReadonlySet<string>;
  readonly categoriesClause: string;
  /** By data category: the strictest filter that names it, the first of several. Null: none. */
  readonly filters: ReadonlyMap<string, CompiledFilter> | null;
  /** Forbidden acts this tool can commit: always (`finding`), or by touching one of `categories`. */
  readonly forbidden: readonly { clause: string; finding: Finding | null; categories: ReadonlySet<string> }[];
  /** True when an act forbids the tool or its class, whatever the call touches. */
  readonly isForbidden: boolean;
  /** Set when the contract's permitted actions exclude this tool. */
  readonly outOfScope: Finding | null;
  readonly arguments: { readonly clause: string; readonly check: Validator } | null;
  readonly restrictions: readonly CompiledRule[];
  readonly freedoms: readonly { clause: string; matches: Matcher }[];
  /** What holds when no rule frees the call. Null: it may be made alone. */
  readonly fallback: (Demand & { clause: string }) | null;
  /** It undoes what another tool did, or only reads: what an agent in recovery still needs. */
  readonly remedial: boolean;
  readonly rateLimit: {
    readonly clause: string;
    readonly calls: number;
    readonly per: 'run' | keyof typeof WINDOW_MS;
    /** Null when it counts the whole run. */
    readonly windowMs: number | null;
  } | null;
}

export interface Ceiling {
  readonly clause: string;
  readonly code: FindingCode;
  readonly limit: number;
  readonly lane: Lane;
}

/** A policy made ready to decide calls with `evaluate`. Immutable; build it once per contract version. */
export interface CompiledPolicy {
  /** Tools the contract lists, and tools it only names in rules, forbidden acts or as what undoes another. */
  readonly tools: ReadonlyMap<string, CompiledTool>;
  /** Speaks for every other tool. */
  readonly unlisted: CompiledTool;
  readonly levelRank: number;
  /** Ceilings that are not set have the limit Infinity. */
  readonly perRun: Ceiling;
  readonly perDay: Ceiling;
  readonly perMonth: Ceiling;
  readonly tokensPerRun: Ceiling;
  readonly callsPerRun: Ceiling;
  readonly repeatedCalls: Ceiling;
}

/** Compiles a policy. Never throws on a policy of the declared shape; takes microseconds to milliseconds. */
export function compile(policy: Policy): CompiledPolicy {
  const listed = new Set(Object.keys(policy.tools));
  const named = new Set(listed);
  for (const act of policy.scope.forbidden) for (const tool of act.tools) named.add(tool);
  for (const rule of policy.authority.rules) for (const tool of rule.tools) named.add(tool);
  for (const { by } of policy.failure?.compensations ?? []) named.add(by);
  for (const { reversible } of Object.values(policy.tools))
    if (typeof reversible === 'object') named.add(reversible.by);
  named.delete(WILDCARD);
  const tools = new Map<string, CompiledTool>();
  for (const name of named) tools.set(name, compileTool(policy, name, listed.has(name)));
  return Object.freeze({
    tools,
    unlisted: compileTool(policy, null, false),
    levelRank: LEVEL_RANK[policy.authority.level],
    perRun: ceiling(policy, 'perRun', 'budget-run'),
    perDay: ceiling(policy, 'perDay', 'budget-day'),
    perMonth: ceiling(policy, 'perMonth', 'budget-month'),
    tokensPerRun: ceiling(policy, 'tokensPerRun', 'token-ceiling'),
    callsPerRun: ceiling(policy, 'callsPerRun', 'call-ceiling'),
    repeatedCalls: ceiling(policy, 'repeatedCalls', 'repeated-call'),
  });
}

/** What the contract says of a tool by name. Always answers; `entry` is null when the contract does not know it. */
export function toolOf(policy: CompiledPolicy, name: string): CompiledTool {
  return policy.tools.get(name) ?? policy.unlisted;
}

/**
 * The categories a call is taken to touch: those its tool's entry names and those that were declared or detected, each
 * once. Both intake and the decision API pass this to `evaluate`, so an agent that declares nothing hides nothing.
 */
export function touchedCategories(
  policy: CompiledPolicy,
  tool: string,
  declared: readonly string[],
): readonly string[] {
  const { categories } = toolOf(policy, tool);
  if (declared.length === 0) return categories;
  return [...new Set([...categories, ...declared])];
}

function ceiling(
  { cost }: Policy,
  key: 'perRun' | 'perDay' | 'perMonth' | 'tokensPerRun' | 'callsPerRun' | 'repeatedCalls',
  code: FindingCode,
): Ceiling {
  return Object.freeze({
    clause: `cost/${key}`,
    code,
    limit: cost[key] ?? Number.POSITIVE_INFINITY,
    lane: LANE_ON_BREACH[cost.onBreach[key]],
  });
}

/** `name` null stands for every tool that is neither listed nor named anywhere. */
function compileTool(policy: Policy, name: string | null, isListed: boolean): CompiledTool {
  const entryName = name !== null && isListed ? name : WILDCARD;
  const entry = Object.hasOwn(policy.tools, entryName) ? policy.tools[entryName] : undefined;
  const action = entry?.action ?? null;
  const concerns = (tools: readonly string[]) =>
    (name !== null && tools.includes(name)) || (!isListed && tools.includes(WILDCARD));
  const rules =
    action === null
      ? []
      : policy.authority.rules
          .filter(
            (rule) =>
              (rule.tools.length === 0 || concerns(rule.tools)) &&
              (rule.actions.length === 0 || rule.actions.includes(action)),
          )
          .map((rule) => ({
            ...demand(
              `authority/${rule.id}`,
              rule.tier,
              describeRule(rule.when, action),
              rule.by,
              rule.withinMinutes,
            ),
            clause: `authority/${rule.id}`,
            matches: compileConditions(rule.when, action),
          }));
  const clause = `tools/${entryName}`;
  const forbidden = policy.scope.forbidden.flatMap((act) => {
    const forbiddenClause = `scope/forbidden/${act.id}`;
    const byTool = concerns(act.tools);
    const byAction = action !== null && act.actions.includes(action);
    // A tool that is not listed has no name yet when the act is written for `*`: evaluate fills it in.
    const detail = byTool ? name : byAction ? action : null;
    const finding = byTool || byAction ? frozen(forbiddenClause, 'forbidden', 'block', detail ?? '') : null;
    return finding === null && act.categories.length === 0
      ? []
      : [{ clause: forbiddenClause, finding, categories: new Set(act.categories) }];
  });
  return Object.freeze({
    name,
    entry: entry === undefined ? null : entryName,
    action,
    egress: entry?.egress ?? false,
    categories: Object.freeze([...new Set(entry?.categories ?? [])]),
    allowedCategories: new Set(entry?.categories ?? []),
    clearCategories: new Set(
      entry?.categories.filter(
        (category) => !policy.scope.forbidden.some((act) => act.categories.includes(category)),
      ),
    ),
    categoriesClause: `${clause}/categories`,
    filters: compileFilters(clause, entry?.filter),
    forbidden,
    isForbidden: forbidden.some((act) => act.finding !== null),
    outOfScope:
      action === null || inScope(policy.scope.actions, action)
        ? null
        : frozen('scope/actions', 'action-not-in-scope', 'block', action),
    arguments:
      entry?.arguments === undefined
        ? null
        : { clause: `${clause}/arguments`, check: compileArguments(entry.arguments) },
    restrictions: rules.filter((rule) => rule.rank > 0),
    freedoms: rules.filter((rule) => rule.rank === 0),
    fallback: action === null ? null : fallbackOf(policy, action),
    remedial: action === 'read' || (action !== null && name !== null && undoes(policy, name)),
    rateLimit:
      entry?.rateLimit === undefined
        ? null
        : {
            clause: `${clause}/rateLimit`,
            calls: entry.rateLimit.calls,
            per: entry.rateLimit.per,
            windowMs: entry.rateLimit.per === 'run' ? null : WINDOW_MS[entry.rateLimit.per],
          },
  });
}

/** Whether the contract names the tool as one that undoes what another did. */
function undoes(policy: Policy, tool: string): boolean {
  if (policy.failure?.compensations?.some(({ by }) => by === tool)) return true;
  return Object.values(policy.tools).some(
    ({ reversible }) => typeof reversible === 'object' && reversible.by === tool,
  );
}

function compileFilters(
  clause: string,
  filters: Policy['tools'][string]['filter'],
): ReadonlyMap<string, CompiledFilter> | null {
  if (filters === undefined || filters.length === 0) return null;
  const compiled = new Map<string, CompiledFilter>();
  for (const { id, categories, then } of filters)
    for (const category of categories) {
      const known = compiled.get(category);
      if (known !== undefined && FILTER_ACTS.indexOf(known.then) >= FILTER_ACTS.indexOf(then)) continue;
      compiled.set(category, Object.freeze({ clause: `${clause}/filter/${id}`, then }));
    }
  return compiled;
}

/** `read` opens reads, `draft` and `execute` open writes, `execute` alone opens transactions; `recommend` opens no tool. */
export function inScope(actions: Policy['scope']['actions'], action: ActionClass): boolean {
  switch (action) {
    case 'read':
      return actions.includes('read');
    case 'write':
      return actions.includes('draft') || actions.includes('execute');
    case 'transact':
      return actions.includes('execute');
  }
}

function fallbackOf(policy: Policy, action: ActionClass): (Demand & { clause: string }) | null {
  const tier = policy.authority.defaults[action];
  if (tier === 'alone') return null;
  const clause = `authority/defaults/${action}`;
  return { ...demand(clause, tier, action, undefined, undefined), clause };
}

const CODE_OF_TIER = {
  alone: 'needs-approval',
  approval: 'needs-approval',
  escalation: 'needs-escalation',
  never: 'never',
} as const;

function demand(
  clause: string,
  tier: Tier,
  detail: string,
  by: string | undefined,
  withinMinutes: number | undefined,
): Demand {
  const lane: Lane = tier === 'never' ? 'block' : tier === 'alone' ? 'allow' : 'escalate';
  const obligation: Obligation | null =
    tier === 'approval' || tier === 'escalation'
      ? Object.freeze({
          kind: tier,
          clause,
          ...(by === undefined ? {} : { by }),
          ...(withinMinutes === undefined ? {} : { withinMinutes }),
        })
      : null;
  return { rank: TIER_RANK[tier], finding: frozen(clause, CODE_OF_TIER[tier], lane, detail), obligation };
}

/** The conditions in the contract's own notation, `arg.amount > 10000 and category in [pii]`; else the action class. */
function describeRule(when: Policy['authority']['rules'][number]['when'], action: ActionClass): string {
  if (when.length === 0) return action;
  return when
    .map((condition) => {
      if (!('value' in condition)) return `${condition.field} ${condition.op}`;
      const value = Array.isArray(condition.value) ? `[${condition.value.join(', ')}]` : `${condition.value}`;
      return `${condition.field} ${condition.op} ${value}`;
    })
    .join(' and ');
}

export function frozen(clause: string, code: FindingCode, lane: Lane, detail: string): Finding {
  return Object.freeze({ clause, code, lane, detail });
}
