import { describeMisfit } from './arguments';
import {
  type Ceiling,
  type CompiledFilter,
  type CompiledPolicy,
  type CompiledTool,
  frozen,
  LEVEL_RANK,
  TIER_RANK,
} from './compile';
import { NO, UNRECORDED, YES } from './conditions';
import { countOf, cut, repeatsOf } from './json';
import type { Evaluation, Finding, FindingCode, IntendedCall, Lane, Obligation, RunState } from './types';

const ALLOW: Evaluation = Object.freeze({
  lane: 'allow',
  findings: Object.freeze([]),
  obligations: Object.freeze([]),
  undecided: Object.freeze([]),
});
const LANE_RANK: Readonly<Record<Lane, number>> = { allow: 0, degrade: 1, escalate: 2, block: 3 };

const ASK_AT_LEVEL = frozen('authority/level', 'needs-approval', 'escalate', 'human-in-the-loop');
const ASK_AT_LEVEL_OBLIGATION: Obligation = Object.freeze({ kind: 'approval', clause: 'authority/level' });
const REVIEW_OUTPUT = frozen('authority/level', 'authority-level', 'degrade', 'suggest-only');
const REVIEW_OUTPUT_OBLIGATION: Obligation = Object.freeze({
  kind: 'reviewed-output',
  clause: 'authority/level',
});
const NOT_AT_LEVEL = [
  frozen('authority/level', 'authority-level', 'block', 'suggest-only'),
  frozen('authority/level', 'authority-level', 'block', 'read-only'),
] as const;

const HELD = {
  pause: frozen('failure/ladder', 'agent-held', 'block', 'paused'),
  recertify: frozen('failure/ladder', 'agent-held', 'block', 'to be certified again'),
} as const;

/** An answer while it is found out; nothing is allocated for a call that nobody objects to. */
interface Draft {
  lane: Lane;
  findings: Finding[];
  obligations: Obligation[];
  undecided: string[];
}

/**
 * What the contract says of one call: the lane is the strictest of the findings, all of which are reported in the order
 * of docs/decision.md. Pure and total: it reads no clock, changes nothing it is given and never throws, whatever JSON
 * the arguments are. A call nobody objects to gets one shared frozen answer.
 *
 * `call.categories` are those the call is taken to touch (`touchedCategories`). Facts that are undefined (arguments of a
 * recorded call nobody kept) leave clauses undecided: they are listed and not held against the run. Somebody who *asks*
 * must therefore pass `{}` for arguments left out, so that every clause on them is decided, and strictly.
 */
export function evaluate(policy: CompiledPolicy, state: RunState, call: IntendedCall): Evaluation {
  const tool = policy.tools.get(call.tool) ?? policy.unlisted;
  let draft: Draft | null = null;

  if (state.killSwitch !== null)
    draft = found(draft, finding('failure/killSwitch', 'kill-switch', 'block', state.killSwitch));
  if (state.held !== null && !(state.held.recover && tool.remedial))
    draft = found(draft, HELD[state.held.step]);
  if (state.status !== 'running')
    draft = found(draft, finding('run/status', 'run-not-running', 'block', state.status));
  if (tool.entry === null)
    draft = found(draft, finding(`tools/${cut(call.tool)}`, 'tool-not-allowed', 'block', cut(call.tool)));
  const isClear = touchesOnly(tool.clearCategories, call.categories);
  if (tool.isForbidden || (!isClear && tool.forbidden.length > 0)) draft = forbiddenActs(draft, tool, call);
  if (tool.outOfScope !== null) draft = found(draft, tool.outOfScope);
  if (tool.arguments !== null) {
    if (call.arguments === undefined) draft = open(draft, tool.arguments.clause);
    else {
      const misfit = tool.arguments.check(call.arguments);
      if (misfit !== null)
        draft = found(
          draft,
          finding(tool.arguments.clause, 'arguments-invalid', 'block', describeMisfit(misfit)),
        );
    }
  }
  if (!isClear && tool.entry !== null) draft = categories(draft, tool, call);
  if (tool.action !== null) draft = authority(draft, policy, tool, state, call);
  if (tool.rateLimit !== null) draft = rateLimit(draft, tool.rateLimit, state, call);
  draft = ceilings(draft, policy, state, call);

  if (draft === null) return ALLOW;
  // Nothing the agent does would open a blocked call.
  if (draft.lane === 'block' && draft.obligations.length > 0) draft.obligations = [];
  return draft;
}

/**
 * The budgets and the token ceiling the run has passed, whatever it does next. `evaluate` includes them; intake also asks
 * after adding usage, because the model call that breaks a budget may be the last thing a run does.
 */
export function overruns(policy: CompiledPolicy, state: RunState): readonly Finding[] {
  return spent(null, policy, state)?.findings ?? ALLOW.findings;
}

function finding(clause: string, code: FindingCode, lane: Lane, detail: string): Finding {
  return { clause, code, lane, detail };
}

function draftOf(draft: Draft | null): Draft {
  return draft ?? { lane: 'allow', findings: [], obligations: [], undecided: [] };
}

function found(draft: Draft | null, one: Finding, obligation: Obligation | null = null): Draft {
  const into = draftOf(draft);
  into.findings.push(one);
  if (LANE_RANK[one.lane] > LANE_RANK[into.lane]) into.lane = one.lane;
  if (obligation !== null) into.obligations.push(obligation);
  return into;
}

function open(draft: Draft | null, clause: string): Draft {
  const into = draftOf(draft);
  into.undecided.push(clause);
  return into;
}

function touchesOnly(clear: ReadonlySet<string>, categories: readonly string[]): boolean {
  for (const category of categories) if (!clear.has(category)) return false;
  return true;
}

function forbiddenActs(draft: Draft | null, tool: CompiledTool, call: IntendedCall): Draft | null {
  let into = draft;
  for (const act of tool.forbidden) {
    if (act.finding !== null) {
      // The tool has no name of its own in the contract when the act is written for `*`.
      into = found(
        into,
        act.finding.detail === '' ? finding(act.clause, 'forbidden', 'block', cut(call.tool)) : act.finding,
      );
      continue;
    }
    let touched: string[] | null = null;
    for (const category of call.categories)
      if (act.categories.has(category) && !touched?.includes(category)) {
        touched ??= [];
        touched.push(category);
      }
    if (touched !== null) into = found(into, finding(act.clause, 'forbidden', 'block', touched.join(', ')));
  }
  return into;
}

function categories(draft: Draft | null, tool: CompiledTool, call: IntendedCall): Draft | null {
  const { categories: touched, sent, unfiltered } = call;
  let into = draft;
  /** What each filter is to take out, by its clause. */
  let filtered: Map<string, { filter: CompiledFilter; categories: string[] }> | null = null;
  for (let position = 0; position < touched.length; position += 1) {
    const category = touched[position];
    if (category === undefined || tool.allowedCategories.has(category)) continue;
    if (touched.indexOf(category) < position) continue;
    const filter = sent?.includes(category) ? undefined : tool.filters?.get(category);
    if (filter === undefined) {
      into = found(into, finding(tool.categoriesClause, 'category-not-allowed', 'block', cut(category)));
      continue;
    }
    if (unfiltered?.includes(category)) {
      into = found(into, finding(filter.clause, 'filter-not-applied', 'block', cut(category)));
      continue;
    }
    into = found(into, finding(filter.clause, 'filtered', 'degrade', cut(category)));
    filtered ??= new Map();
    const known = filtered.get(filter.clause);
    if (known === undefined) filtered.set(filter.clause, { filter, categories: [category] });
    else known.categories.push(category);
  }
  if (into !== null && filtered !== null)
    for (const { filter, categories } of filtered.values())
      into.obligations.push({
        kind: 'filtered-output',
        clause: filter.clause,
        categories,
        // biome-ignore lint/suspicious/noThenProperty: a word of the contract; its value is never a function
        then: filter.then,
      });
  return into;
}

function authority(
  draft: Draft | null,
  policy: CompiledPolicy,
  tool: CompiledTool,
  state: RunState,
  call: IntendedCall,
): Draft | null {
  let into = draft;
  const current = LEVEL_RANK[state.authorityLevel] ?? 0;
  const level = Math.min(current, policy.levelRank);
  if (level < LEVEL_RANK['human-in-the-loop']) {
    if (tool.action !== 'read') into = found(into, NOT_AT_LEVEL[level === 0 ? 0 : 1]);
    else if (level === 0) into = found(into, REVIEW_OUTPUT, REVIEW_OUTPUT_OBLIGATION);
  }

  let strictest = TIER_RANK.alone;
  for (const rule of tool.restrictions) {
    const matched = rule.matches(call);
    if (matched === NO) continue;
    if (matched === UNRECORDED) {
      into = open(into, rule.clause);
      continue;
    }
    into = found(into, rule.finding, rule.obligation);
    if (rule.rank > strictest) strictest = rule.rank;
  }

  const { fallback } = tool;
  if (fallback !== null && fallback.rank > strictest) {
    let freed = false;
    let undecided: string[] | null = null;
    for (const rule of tool.freedoms) {
      const matched = rule.matches(call);
      if (matched === YES) {
        freed = true;
        break;
      }
      if (matched === UNRECORDED) {
        undecided ??= [];
        undecided.push(rule.clause);
      }
    }
    if (!freed) {
      if (undecided === null) {
        into = found(into, fallback.finding, fallback.obligation);
        strictest = fallback.rank;
      } else {
        for (const clause of undecided) into = open(into, clause);
        into = open(into, fallback.clause);
      }
    }
  }

  if (level === LEVEL_RANK['human-in-the-loop'] && tool.action !== 'read' && strictest < TIER_RANK.approval)
    into = found(into, ASK_AT_LEVEL, ASK_AT_LEVEL_OBLIGATION);
  return into;
}

function rateLimit(
  draft: Draft | null,
  limit: NonNullable<CompiledTool['rateLimit']>,
  state: RunState,
  call: IntendedCall,
): Draft | null {
  const made =
    limit.windowMs === null
      ? countOf(state.callsByTool, call.tool)
      : callsWithin(state.callTimes, call.tool, call.at - limit.windowMs, call.at);
  if (made < limit.calls) return draft;
  return found(
    draft,
    finding(limit.clause, 'rate-limit', 'block', `${made} of ${limit.calls} per ${limit.per}`),
  );
}

/** Calls after `from` and up to `until`. Times are ascending, so it stops at the first that is too old. */
function callsWithin(callTimes: RunState['callTimes'], tool: string, from: number, until: number): number {
  const times = Object.hasOwn(callTimes, tool) ? callTimes[tool] : undefined;
  if (times === undefined) return 0;
  let count = 0;
  for (let position = times.length - 1; position >= 0; position -= 1) {
    const time = times[position];
    if (time === undefined || time <= from) break;
    if (time <= until) count += 1;
  }
  return count;
}

function ceilings(
  draft: Draft | null,
  policy: CompiledPolicy,
  state: RunState,
  call: IntendedCall,
): Draft | null {
  let into = draft;
  if (state.calls >= policy.callsPerRun.limit) into = overrun(into, policy.callsPerRun, state.calls);
  if (policy.repeatedCalls.limit !== Number.POSITIVE_INFINITY) {
    if (call.argumentsDigest === undefined) into = open(into, policy.repeatedCalls.clause);
    else {
      // No call was made more often than its tool: the digest is looked up only when that leaves it open.
      const { limit } = policy.repeatedCalls;
      if (countOf(state.callsByTool, call.tool) >= limit) {
        const made = repeatsOf(state.repeats, call.tool, call.argumentsDigest);
        if (made >= limit) into = overrun(into, policy.repeatedCalls, made);
      }
    }
  }
  return spent(into, policy, state);
}

function spent(draft: Draft | null, policy: CompiledPolicy, state: RunState): Draft | null {
  let into = draft;
  if (state.tokens > policy.tokensPerRun.limit) into = overrun(into, policy.tokensPerRun, state.tokens);
  if (state.costUsd > policy.perRun.limit) into = overrun(into, policy.perRun, state.costUsd);
  if (state.agentDayCostUsd > policy.perDay.limit) into = overrun(into, policy.perDay, state.agentDayCostUsd);
  if (state.agentMonthCostUsd > policy.perMonth.limit)
    into = overrun(into, policy.perMonth, state.agentMonthCostUsd);
  return into;
}

function overrun(draft: Draft | null, { clause, code, lane, limit }: Ceiling, reached: number): Draft {
  // Six decimals: enough for a cent's thousandth, short of the noise of binary fractions.
  const figure = Number(reached.toFixed(6));
  return found(
    draft,
    finding(clause, code, lane, `${figure} of ${limit}`),
    lane === 'escalate' ? { kind: 'escalation', clause } : null,
  );
}
