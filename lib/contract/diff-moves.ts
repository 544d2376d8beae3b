/**
 * Which way one clause moves. Each comparison is told both contracts, because some clauses are read together: what a tool's
 * class means is decided by the authority section, and a tool that is not listed may fall under `*`. Labels are sure one way: a
 * change that is not called wider never lets `evaluate` answer a call more permissively (diff.evaluate.test.ts).
 */
import { FILTER_ACTS } from '@/lib/decision/types';
import { weightOf } from '@/lib/scoring/risk';
import type { Move } from './change-row';
import { conditionsImply } from './diff-conditions';
import { schemaImplies } from './diff-schemas';
import {
  type ActionClass,
  type ArgumentSchema,
  AUTHORITY_LEVELS,
  BANDS,
  type Condition,
  type Contract,
  LADDER_GATES,
  LADDER_STEPS,
  type LadderTrigger,
  RUNNING_RUNS,
  TIERS,
  type Tier,
} from './schema';
import { reviewTerms } from './terms';

/** The two contracts, and the entries of a list or map on the way to the clause, outermost first. */
export interface Around {
  before: Contract;
  after: Contract;
  /** The id or key of the entry the clause is part of; empty where there is none. */
  entry: string;
  entryBefore: unknown;
  entryAfter: unknown;
}

export type Compare = (before: unknown, after: unknown, around: Around) => Move;

/** From "the new one permits no more" and "the new one permits no less". */
export function moveOf(noMore: boolean, noLess: boolean): Move {
  if (noMore) return noLess ? 'neutral' : 'narrower';
  return noLess ? 'wider' : 'both';
}

export const neutral: Compare = () => 'neutral';
/** Another value of the kind permits some things more and others less. */
export const different: Compare = (before, after) => moveOf(before === undefined, after === undefined);
/** Being there at all permits more. */
export const presenceWidens: Compare = (before, after) => moveOf(after === undefined, before === undefined);
/** Being there restricts; what it says moves neither way. */
export const presenceNarrows: Compare = (before, after) => {
  if (before !== undefined && after !== undefined) return 'neutral';
  return after === undefined ? 'wider' : 'narrower';
};

/** A ceiling: more permits more, none permits all. */
export const moreWidens: Compare = (before, after) => {
  const from = figure(before, Number.POSITIVE_INFINITY);
  const to = figure(after, Number.POSITIVE_INFINITY);
  return moveOf(to <= from, to >= from);
};
/** A floor, a weight: more asks more, none asks nothing. */
export const moreNarrows: Compare = (before, after) => {
  const from = figure(before, Number.NEGATIVE_INFINITY);
  const to = figure(after, Number.NEGATIVE_INFINITY);
  return moveOf(to >= from, to <= from);
};

function figure(value: unknown, absent: number): number {
  return typeof value === 'number' ? value : absent;
}

/** Values in an order, the widest first; one that is not in it, or not there, is the widest. */
export function ordered(widestFirst: readonly string[]): Compare {
  const rank = (value: unknown) => Math.max(0, typeof value === 'string' ? widestFirst.indexOf(value) : -1);
  return (before, after) => moveOf(rank(after) >= rank(before), rank(after) <= rank(before));
}

export const tiers = ordered(TIERS);
export const levels = ordered(AUTHORITY_LEVELS.toReversed());
export const costResponses = ordered(['log', 'warn', 'page', 'pause']);
export const audiences = ordered(['customer-facing', 'multi-user', 'single-user', 'internal']);
export const rollbacks = ordered(['propose', 'at-once']);
export const filterActs = ordered(FILTER_ACTS);
/** Silent is the first of each. */
export const runningRuns = ordered(RUNNING_RUNS);
export const ladderSteps = ordered(LADDER_STEPS);
export const ladderGates = ordered(LADDER_GATES.toReversed());
/** Reviews as they are held: what is left out is filled in. Where there is none on a side, the clause as a whole says so. */
const reviews =
  (term: 'silentShare' | 'reviewers' | 'withinDays', compare: Compare): Compare =>
  (_before, _after, around) =>
    compare(reviewTerms(around.before)?.[term], reviewTerms(around.after)?.[term], around);
export const silentShares = reviews('silentShare', moreNarrows);
export const reviewers = reviews('reviewers', moreNarrows);
export const reviewDays = reviews('withinDays', moreWidens);
/** Silent: the operator approves. */
export const approvals: Compare = (before, after) =>
  moveOf(after !== 'none' || before === 'none', before !== 'none' || after === 'none');
/** The level a step narrows to; silent is one lower than it is then, which cannot be compared. */
export const ladderLevels: Compare = (before, after, around) =>
  before === undefined || after === undefined
    ? moveOf(before === after, before === after)
    : levels(before, after, around);
/** How long something can be done that is there to mend: more time narrows, none given is for ever. */
export const timeToMend: Compare = (before, after) => {
  const from = figure(before, Number.POSITIVE_INFINITY);
  const to = figure(after, Number.POSITIVE_INFINITY);
  return moveOf(to >= from, to <= from);
};
/** Days as YYYY-MM-DD: a later one permits longer, none for ever. */
export const laterWidens: Compare = (before, after) => {
  const from = typeof before === 'string' ? before : '9999-99-99';
  const to = typeof after === 'string' ? after : '9999-99-99';
  return moveOf(to <= from, to >= from);
};
export const egress: Compare = (_before, after) => moveOf(after === false, after === true);

export const access: Compare = (before, after) => {
  const from = String(before).split('-');
  const to = String(after).split('-');
  return moveOf(
    to.every((kind) => from.includes(kind)),
    from.every((kind) => to.includes(kind)),
  );
};

const WINDOWS = ['minute', 'hour', 'day', 'run'];

/** So many calls in a longer time are fewer; a run is the longest. */
export function rateLimits(
  before: Contract['tools'][string]['rateLimit'],
  after: Contract['tools'][string]['rateLimit'],
): Move {
  const within = (one: typeof before, other: typeof before) =>
    other === undefined ||
    (one !== undefined && one.calls <= other.calls && WINDOWS.indexOf(one.per) >= WINDOWS.indexOf(other.per));
  return moveOf(within(after, before), within(before, after));
}

export function argumentSchemas(before: ArgumentSchema | undefined, after: ArgumentSchema | undefined): Move {
  return moveOf(schemaImplies(after ?? {}, before ?? {}), schemaImplies(before ?? {}, after ?? {}));
}

/** Undoable is narrower; undone in another way is neither. */
export const reversible: Compare = (before, after) => {
  const can = (value: unknown) => value !== false && value !== undefined;
  return moveOf(can(after) || !can(before), can(before) || !can(after));
};

export const aggregates: Compare = (before, after) => {
  const size = (value: unknown) => {
    if (typeof value !== 'object' || value === null || !('rule' in value)) return 0;
    if (value.rule === 'capped') return 'share' in value && typeof value.share === 'number' ? value.share : 0;
    return value.rule === 'sum' ? Number.POSITIVE_INFINITY : 0;
  };
  return moveOf(size(after) >= size(before), size(after) <= size(before));
};

/** A category without a weight counts with the highest weight there is: naming it can lower what it counts. */
export const categoryWeights: Compare = (_before, _after, { before, after, entry }) => {
  const from = weightOf(before.risk, entry);
  const to = weightOf(after.risk, entry);
  return moveOf(to >= from, to <= from);
};

/** A target is a floor or a ceiling, as its criterion compares. */
export const targets: Compare = (before, after, around) => {
  const side = comparisonOf(around.entryAfter);
  if (side !== comparisonOf(around.entryBefore)) return 'both';
  return side === '<=' ? moreWidens(before, after, around) : moreNarrows(before, after, around);
};

function comparisonOf(entry: unknown): unknown {
  return typeof entry === 'object' && entry !== null && 'comparison' in entry ? entry.comparison : undefined;
}

/** What holds for a tool is found in the contract that has the entry: where only the other has it, it may fall under `*`. */
export const tools: Compare = (before, _after, around) => {
  const without = before === undefined ? around.before : around.after;
  if (Object.hasOwn(without.tools, '*') && around.entry !== '*') return 'both';
  return before === undefined ? 'wider' : 'narrower';
};

type Rule = Contract['authority']['rules'][number];

/** Rules that speak of a tool; of `*`, any rule may. */
function rulesOf(contract: Contract, tool: string): Rule[] {
  return contract.authority.rules.filter(
    (rule) => tool === '*' || rule.tools.length === 0 || rule.tools.includes(tool),
  );
}

/** One data category of a tool. It is narrower to have it gone, unless what looks for it then no longer finds it. */
export function toolCategory(category: string, added: boolean, around: Around): Move {
  const having = added ? around.after : around.before;
  const looked =
    having.scope.forbidden.some((act) => act.categories.includes(category)) ||
    rulesOf(having, around.entry).some((rule) =>
      rule.when.some((condition) => condition.field === 'category' && needs(condition, category, rule.tier)),
    );
  if (looked) return 'both';
  return added ? 'wider' : 'narrower';
}

/** Whether a call that no longer touches the category could be decided more permissively by this condition. */
function needs(condition: Condition, category: string, tier: Tier): boolean {
  const frees = tier === 'alone';
  switch (condition.op) {
    case '=':
      return (condition.value === category) !== frees;
    case 'in':
      return condition.value.includes(category) !== frees;
    case '!=':
      return (condition.value === category) === frees;
    case 'not-in':
      return condition.value.includes(category) === frees;
    case 'present':
      return !frees;
    case 'absent':
      return frees;
    default:
      return false;
  }
}

/** The class of a tool, by what scope and authority make of it on each side. */
export function actionClasses(before: ActionClass, after: ActionClass, around: Around): Move {
  return moveOf(
    asksNoLess(around.before, around.entry, before, after),
    asksNoLess(around.after, around.entry, after, before),
  );
}

function asksNoLess(contract: Contract, tool: string, from: ActionClass, to: ActionClass): boolean {
  const { scope, authority } = contract;
  const opens = (action: ActionClass) =>
    action === 'read'
      ? scope.actions.includes('read')
      : scope.actions.includes('execute') || (action === 'write' && scope.actions.includes('draft'));
  const forbids = (action: ActionClass) => scope.forbidden.some((act) => act.actions.includes(action));
  const speaks = (rule: Rule, action: ActionClass) =>
    rule.actions.length === 0 || rule.actions.includes(action);
  return (
    // A lower authority level stops writes and transactions, never reads.
    (to !== 'read' || from === 'read') &&
    (opens(from) || !opens(to)) &&
    (forbids(to) || !forbids(from)) &&
    TIERS.indexOf(authority.defaults[to]) >= TIERS.indexOf(authority.defaults[from]) &&
    rulesOf(contract, tool).every((rule) => {
      if (rule.when.some((condition) => condition.field === 'action')) return false;
      return rule.tier === 'alone'
        ? speaks(rule, from) || !speaks(rule, to)
        : speaks(rule, to) || !speaks(rule, from);
    })
  );
}

/** What sets off a step: it comes sooner when fewer things in a longer time do; another kind of thing is both. */
export function ladderTriggers(before: LadderTrigger | undefined, after: LadderTrigger | undefined): Move {
  if (before === undefined || after === undefined) return moveOf(before === after, before === after);
  return moveOf(noLater(after, before), noLater(before, after));
}

/** Whether whatever sets off `b` sets off `a` too. */
function noLater(a: LadderTrigger, b: LadderTrigger): boolean {
  if ('breaches' in a && 'breaches' in b) {
    const lowest = (one: typeof a) => BANDS.indexOf(one.severity ?? 'low');
    return a.breaches <= b.breaches && a.withinDays >= b.withinDays && lowest(a) <= lowest(b);
  }
  if ('unknownTools' in a && 'unknownTools' in b)
    return a.unknownTools <= b.unknownTools && a.withinDays >= b.withinDays;
  return (
    'attestationOverdueDays' in a &&
    'attestationOverdueDays' in b &&
    a.attestationOverdueDays <= b.attestationOverdueDays
  );
}

/** A rule that is added or removed. */
export function rules(before: Rule | undefined, after: Rule | undefined): Move {
  const there = after ?? before;
  const frees = there?.tier === 'alone';
  return (after === undefined) === frees ? 'narrower' : 'wider';
}

/** How the tier makes a rule's reach count: a restriction, a freedom, or one that became the other. */
function reachOf({ entryBefore, entryAfter }: Around): 'restricts' | 'frees' | 'turns' {
  const before = freesIn(entryBefore);
  if (before !== freesIn(entryAfter)) return 'turns';
  return before ? 'frees' : 'restricts';
}

function freesIn(entry: unknown): boolean {
  return typeof entry === 'object' && entry !== null && 'tier' in entry && entry.tier === 'alone';
}

/** `covers(a, b)`: a speaks of every call that b speaks of. */
function reach<T>(before: T, after: T, around: Around, covers: (a: T, b: T) => boolean): Move {
  switch (reachOf(around)) {
    case 'turns':
      return 'neutral';
    case 'restricts':
      return moveOf(covers(after, before), covers(before, after));
    case 'frees':
      return moveOf(covers(before, after), covers(after, before));
  }
}

/** The tools or classes of a rule; an empty list speaks of all. */
export function ruleReach(before: readonly string[], after: readonly string[], around: Around): Move {
  return reach(
    before,
    after,
    around,
    (a, b) => a.length === 0 || (b.length > 0 && b.every((name) => a.includes(name))),
  );
}

export function ruleConditions(
  before: readonly Condition[],
  after: readonly Condition[],
  around: Around,
): Move {
  return reach(before, after, around, (a, b) => conditionsImply(b, a));
}
