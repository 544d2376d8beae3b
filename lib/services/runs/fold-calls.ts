import type { Band, Contract } from '@/lib/contract/schema';
import { type CompiledPolicy, type CompiledTool, toolOf, touchedCategories } from '@/lib/decision/compile';
import { evaluate, overruns } from '@/lib/decision/evaluate';
import { addCall, addUsage } from '@/lib/decision/run-facts';
import type { AuthorityLevel, Finding, Lane, RunState } from '@/lib/decision/types';
import { digestOf } from '@/lib/evidence/digest';
import { addPart } from '@/lib/response/fingerprint';
import { type LadderEffect, lower } from '@/lib/response/ladder';
import { costOf, type Price } from '@/lib/scoring/cost';
import { CATEGORY_OF, type Detector } from '@/lib/scoring/detectors';
import { addSpanRisk, bandOf, runRisk, spanRisk, withoutFiltered } from '@/lib/scoring/risk';
import { isBreach, severityOf } from '@/lib/scoring/severity';
import { describeBreach, describeRiskBand } from './describe-breach';
import { addTo, isWorse, placeOf, type RunFold, stricterLane } from './run-fold';
import type { RunSpan } from './run-span';

/** What a run is judged by; `contract` is null when its workspace has none, not even defaults. */
export interface Rules {
  contract: { versionId: string; digest: string; contract: Contract; compiled: CompiledPolicy } | null;
  /** The price of a model at a time (epoch milliseconds); null: unpriced. */
  priceOf: (model: string, atMs: number) => Price | null;
  authorityLevel: AuthorityLevel;
  /** What the ladder had taken from the agent when it made the call; null: nothing. */
  ladderAt: (call: RunSpan) => LadderEffect | null;
  /** Whether people held the run back when it made the call. */
  statusAt: (call: RunSpan) => RunState['status'];
  /** What a kill switch stopped when it made the call, in words; null: none was on. */
  killSwitchAt: (call: RunSpan) => string | null;
  /** What the agent's other runs spent on a UTC day (`2026-11-21`) or in a month (`2026-11`), US dollars. */
  spentByOthers: (period: string) => number;
}

/** What was found out about one span; the columns of `span` that are ours. */
export interface Verdict {
  risk: number;
  categories: readonly string[];
  lane: Lane | null;
  clauses: readonly string[];
  costUsd: number | null;
}
export const NO_VERDICT: Verdict = { risk: 0, categories: [], lane: null, clauses: [], costUsd: null };

/** A clause the run broke, first at this span. */
export interface FoundBreach {
  clause: string;
  code: string;
  severity: Band;
  message: string;
  span: RunSpan;
}

/** The code of a breach that no single call committed: the run as a whole came into a band. */
export const RISK_BAND_CODE = 'risk-band';

/**
 * Adds calls and usage, which must come in order and behind `fold.last`: prices usage, finds what data each call
 * touched, asks the contract what it says of the call after everything before it, and adds it all to the run's risk,
 * facts and breaches.
 *
 * @param knownCost what a span cost when it was first judged; it stays, whatever prices have become. Undefined: not known
 * @returns the verdict of each span in the order given, and the breaches not found before
 */
export function foldCalls(
  fold: RunFold,
  spans: readonly RunSpan[],
  rules: Rules,
  knownCost: (span: RunSpan) => number | null | undefined,
): { verdicts: Verdict[]; breaches: FoundBreach[] } {
  const breaches: FoundBreach[] = [];
  const state: RunState = {
    ...fold.facts,
    // Each call is judged for when it was made (foldCall), not by what became of the run since.
    status: 'running',
    killSwitch: null,
    held: null,
    authorityLevel: rules.authorityLevel,
    agentDayCostUsd: 0,
    agentMonthCostUsd: 0,
  };
  const verdicts = spans.map((span) =>
    span.operation === 'tool'
      ? foldCall(fold, state, span, rules, breaches)
      : foldUsage(fold, state, span, rules, breaches, knownCost(span)),
  );
  fold.facts = {
    calls: state.calls,
    callsByTool: state.callsByTool,
    callTimes: state.callTimes,
    repeats: state.repeats,
    tokens: state.tokens,
    costUsd: state.costUsd,
  };
  const last = spans.at(-1);
  if (last !== undefined) fold.last = placeOf(last);
  return { verdicts, breaches };
}

function foldCall(
  fold: RunFold,
  state: RunState,
  span: RunSpan,
  rules: Rules,
  breaches: FoundBreach[],
): Verdict {
  const { tool } = span;
  if (tool === null || rules.contract === null) return NO_VERDICT;
  const { contract, compiled } = rules.contract;
  if (tool.arguments === undefined) fold.argumentsMissing = true;
  const { detectors } = contract.risk;
  const entry = toolOf(compiled, tool.name);
  const detected = detectedBy(detectors, tool.detected);
  const said = tool.filtered.length === 0 ? detected : [...detected, ...tool.filtered];
  const touched = touchedCategories(compiled, tool.name, said);
  const filters = tool.filtered.length === 0 && detected.length === 0 ? null : entry.filters;
  const call = {
    tool: tool.name,
    arguments: tool.arguments,
    argumentsDigest:
      tool.arguments === undefined || compiled.repeatedCalls.limit === Number.POSITIVE_INFINITY
        ? undefined
        : digestOf(tool.arguments),
    categories: touched,
    sent: filters === null ? undefined : detectedBy(detectors, tool.sent),
    unfiltered:
      filters === null
        ? undefined
        : unfilteredBy(filters, detectedBy(detectors, tool.returned), tool.filtered),
    at: span.startUs / 1000,
  };
  if (entry.entry !== tool.name) addTo(fold.unknownTools, tool.name);

  spendUntil(state, fold, rules, span.startUs);
  state.status = rules.statusAt(span);
  state.killSwitch = rules.killSwitchAt(span);
  const taken = rules.ladderAt(span);
  state.held = taken?.held ?? null;
  state.authorityLevel =
    taken === null || taken.level === null ? rules.authorityLevel : lower(rules.authorityLevel, taken.level);
  const evaluation = evaluate(compiled, state, call);
  addCall(state, compiled, call);
  fold.lane = stricterLane(fold.lane, evaluation.lane);
  for (const finding of evaluation.findings)
    if (isBreach(finding, false)) breach(fold, breaches, finding, contract, span);

  const categories = withoutFiltered(touched, evaluation.findings);
  for (const category of categories) addPart(fold.fingerprint, 'categories', category);
  const risk = spanRisk(contract.risk, { action: entry.action, egress: entry.egress, categories });
  addRisk(fold, risk, contract, span, breaches);
  return {
    risk,
    categories,
    lane: evaluation.lane,
    clauses: evaluation.findings.length === 0 ? [] : [...new Set(evaluation.findings.map((f) => f.clause))],
    costUsd: null,
  };
}

function foldUsage(
  fold: RunFold,
  state: RunState,
  span: RunSpan,
  rules: Rules,
  breaches: FoundBreach[],
  knownCost: number | null | undefined,
): Verdict {
  const { tokens } = span;
  let cost = knownCost;
  if (cost === undefined) {
    const price = span.model === null ? null : rules.priceOf(span.model, span.startUs / 1000);
    cost = price === null || tokens === null ? null : costOf(tokens, price);
  }
  if (cost === null) fold.unpricedCalls += 1;
  else {
    fold.costUsd += cost;
    const day = dayOf(span.startUs);
    fold.spend[day] = (fold.spend[day] ?? 0) + cost;
  }
  if (span.reportedCostUsd !== null)
    fold.reportedCostUsd = (fold.reportedCostUsd ?? 0) + span.reportedCostUsd;
  if (tokens !== null) {
    fold.inputTokens += tokens.input;
    fold.outputTokens += tokens.output;
  }
  addUsage(state, tokens === null ? 0 : tokens.input + tokens.output, cost ?? 0);
  if (rules.contract !== null) {
    const { contract, compiled } = rules.contract;
    spendUntil(state, fold, rules, span.startUs);
    for (const finding of overruns(compiled, state))
      if (isBreach(finding, false)) breach(fold, breaches, finding, contract, span);
  }
  return cost === null ? NO_VERDICT : { ...NO_VERDICT, costUsd: cost };
}

/** The run's band is a breach when it rises to high or critical: the clause is the threshold it reached. */
function addRisk(
  fold: RunFold,
  risk: number,
  contract: Contract,
  span: RunSpan,
  breaches: FoundBreach[],
): void {
  if (risk === 0) return;
  addSpanRisk(fold.risk, risk);
  const total = runRisk(contract.risk, fold.risk);
  const band = bandOf(contract.risk.thresholds, total);
  if (!isWorse(band, fold.band)) return;
  fold.band = band;
  if (band !== 'high' && band !== 'critical') return;
  const clause = `risk/thresholds/${band}`;
  if (!remember(fold, clause, RISK_BAND_CODE, band)) return;
  breaches.push({
    clause,
    code: RISK_BAND_CODE,
    severity: band,
    message: describeRiskBand(band, total, contract.risk.thresholds[band]),
    span,
  });
}

function breach(
  fold: RunFold,
  breaches: FoundBreach[],
  finding: Finding,
  contract: Contract,
  span: RunSpan,
): void {
  const severity = severityOf(finding, contract);
  if (!remember(fold, finding.clause, finding.code, severity)) return;
  breaches.push({
    clause: finding.clause,
    code: finding.code,
    severity,
    message: describeBreach(finding, span.tool?.name ?? null),
    span,
  });
}

/** False when this breach of the run is known, and was as bad. */
function remember(fold: RunFold, clause: string, code: string, severity: Band): boolean {
  const key = breachKey(clause, code);
  const known = fold.breaches[key];
  if (known !== undefined && !isWorse(severity, known)) return false;
  fold.breaches[key] = severity;
  if (fold.worstBreach === null || isWorse(severity, fold.worstBreach)) fold.worstBreach = severity;
  return true;
}

/** A run breaks a clause in one way once: `run.fold` and the table have it under this key. */
export function breachKey(clause: string, code: string): string {
  return `${clause} ${code}`;
}

/** What came back that a filter should have taken out: not said to be filtered, or found although it was to be made unreadable. */
function unfilteredBy(
  filters: NonNullable<CompiledTool['filters']>,
  returned: readonly string[],
  filtered: readonly string[],
): readonly string[] {
  return returned.filter(
    (category) => !filtered.includes(category) || filters.get(category)?.then !== 'review',
  );
}

/** What the contract's own detectors found. */
function detectedBy(detectors: readonly Detector[], found: readonly string[]): readonly string[] {
  if (found.length === 0) return found;
  return found.filter((category) => detectors.some((detector) => CATEGORY_OF[detector] === category));
}

/** Fills in what the agent has spent on the span's day and month: its other runs, and this run so far. */
function spendUntil(state: RunState, fold: RunFold, rules: Rules, us: number): void {
  if (rules.contract === null) return;
  const { perDay, perMonth } = rules.contract.compiled;
  if (perDay.limit === Number.POSITIVE_INFINITY && perMonth.limit === Number.POSITIVE_INFINITY) return;
  const day = dayOf(us);
  const month = day.slice(0, 7);
  let own = 0;
  for (const spentOn in fold.spend)
    if (spentOn === day || spentOn.startsWith(month)) own += fold.spend[spentOn] ?? 0;
  state.agentDayCostUsd = rules.spentByOthers(day) + (fold.spend[day] ?? 0);
  state.agentMonthCostUsd = rules.spentByOthers(month) + own;
}

const DAY_US = 86_400_000_000;
let lastDay = { number: -1, text: '' };

/** The UTC day a time (microseconds) falls on, `2026-11-21`. */
export function dayOf(us: number): string {
  const number = Math.floor(us / DAY_US);
  // Spans of a batch share their day; formatting a date for each would be felt.
  if (number !== lastDay.number)
    lastDay = { number, text: new Date(number * 86_400_000).toISOString().slice(0, 10) };
  return lastDay.text;
}
