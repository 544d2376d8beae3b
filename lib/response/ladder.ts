/**
 * The ladder of interventions: warn → narrow → review → pause → recertify. Pure: what a rule of the contract asks for, what
 * the steps an agent stands on take from it, and what ends them. docs/ladder.md is the specification.
 */
import {
  AUTHORITY_LEVELS,
  type AuthorityLevel,
  BANDS,
  type Band,
  LADDER_STEPS,
  type LadderGate,
  type LadderStep,
  type LadderTrigger,
} from '@/lib/contract/schema';
import { gateOf } from '@/lib/contract/terms';
import type { Hold } from '@/lib/decision/types';
import { plural } from '@/lib/format';

export type StepKind = (typeof LADDER_STEPS)[number];

const DAY_MS = 86_400_000;

/** What the rules of an agent's contract are held against. Times are epoch milliseconds. */
export interface LadderHistory {
  /** Of the agent, in any order. */
  breaches: readonly { at: number; severity: Band }[];
  /** Tools it used that its contract does not know, once a run. */
  unknownTools: readonly { at: number; tool: string }[];
  /** For how many days its attestation has been overdue; null: it is not, or there is none. */
  attestationOverdueDays: number | null;
  /** Steps it stands on. */
  standing: readonly { kind: StepKind; clause: string | null }[];
  /** Steps that ended, and how. */
  ended: readonly { kind: StepKind; at: number; ending: 'gate' | 'person' }[];
  /** How much it may do now, standing steps included. */
  level: AuthorityLevel;
}

/** A step that a rule asks for. */
export interface DueStep {
  kind: StepKind;
  /** The clause that asks for it, `failure/ladder/<id>`. */
  clause: string;
  /** The authority level after it; that of before where the step does not touch it. */
  level: AuthorityLevel;
  /** The gate that ends it; null: a person ends it. */
  gate: LadderGate | null;
  /** What set it off, in words. */
  reason: string;
}

/**
 * The strongest step that the rules ask for now; null: none, or none stronger than where the agent stands. A rule counts what
 * came after the end of the last step that was as strong as its own, or that a gate ended: what has been settled is not
 * held against the agent again.
 */
export function nextStep(rules: readonly LadderStep[], history: LadderHistory, now: number): DueStep | null {
  let due: DueStep | null = null;
  for (const rule of rules) {
    const step = stepOf(rule, history.level);
    if (!isStronger(step, history)) continue;
    const reason = met(rule.when, history, settledUntil(rule.step, history.ended), now);
    if (reason === null) continue;
    if (due === null || outranks(step, due)) due = { ...step, reason };
  }
  return due;
}

function outranks(a: Omit<DueStep, 'reason'>, b: Omit<DueStep, 'reason'>): boolean {
  return rankOf(a.kind) - rankOf(b.kind) > 0 || (a.kind === b.kind && isLower(a.level, b.level));
}

/** Where a rule's step would put an agent that is at a level now. */
function stepOf(rule: LadderStep, level: AuthorityLevel): Omit<DueStep, 'reason'> {
  const after = levelAfter(rule.step, level, rule.to);
  return {
    kind: rule.step,
    clause: `failure/ladder/${rule.id}`,
    level: after,
    gate: endsByGate(rule.step, rule.gate !== undefined || isLower(after, level)) ? gateOf(rule) : null,
  };
}

/** A warning and a pause are lifted by a person, unless the rule names a gate or they take authority: that rises only by a gate. */
export function endsByGate(kind: StepKind, binding: boolean): boolean {
  return binding || (kind !== 'warn' && kind !== 'pause');
}

/** @param to the level the rule or the person names; undefined: what the step does by itself */
export function levelAfter(
  kind: StepKind,
  level: AuthorityLevel,
  to: AuthorityLevel | undefined,
): AuthorityLevel {
  switch (kind) {
    case 'narrow':
      return lower(level, to ?? oneLower(level));
    case 'review':
      return lower(level, to === undefined ? 'human-in-the-loop' : lower(to, 'human-in-the-loop'));
    case 'warn':
    case 'pause':
    case 'recertify':
      return to === undefined ? level : lower(level, to);
  }
}

/**
 * A step is taken when it is stronger than every step that stands. Of the same kind only a narrowing is taken again, when it
 * takes more; a step that would change nothing is none.
 */
function isStronger(step: Omit<DueStep, 'reason'>, { standing, level }: LadderHistory): boolean {
  if ((step.kind === 'narrow' || step.kind === 'review') && !isLower(step.level, level)) return false;
  return standing.every(
    (one) =>
      rankOf(step.kind) > rankOf(one.kind) ||
      (step.kind === 'narrow' && one.kind === 'narrow' && step.clause !== one.clause),
  );
}

function settledUntil(kind: StepKind, ended: LadderHistory['ended']): number {
  return ended.reduce(
    (until, one) =>
      one.ending === 'gate' || rankOf(one.kind) >= rankOf(kind) ? Math.max(until, one.at) : until,
    Number.NEGATIVE_INFINITY,
  );
}

/** What set the rule off, in words; null: nothing did. */
function met(when: LadderTrigger, history: LadderHistory, settled: number, now: number): string | null {
  if ('attestationOverdueDays' in when) {
    const days = history.attestationOverdueDays;
    if (days === null || days < when.attestationOverdueDays || settled > now - days * DAY_MS) return null;
    return `Its attestation has been overdue for ${plural(Math.floor(days), 'day')}`;
  }
  const counts = (at: number) => at > settled && at > now - when.withinDays * DAY_MS;
  const within = when.withinDays === 1 ? 'a day' : `${when.withinDays} days`;
  if ('unknownTools' in when) {
    const tools = new Set(history.unknownTools.filter((one) => counts(one.at)).map((one) => one.tool));
    if (tools.size < when.unknownTools) return null;
    return `It used ${plural(tools.size, 'tool')} within ${within} that its contract does not know`;
  }
  const least = BANDS.indexOf(when.severity ?? 'low');
  const found = history.breaches.filter((one) => counts(one.at) && BANDS.indexOf(one.severity) >= least);
  if (found.length < when.breaches) return null;
  const severe =
    when.severity === undefined || when.severity === 'low'
      ? ''
      : when.severity === 'critical'
        ? ' critical'
        : ` ${when.severity} or worse`;
  return `${when.breaches}${severe} ${when.breaches === 1 ? 'breach' : 'breaches'} within ${within}`;
}

/** What the steps that an agent stands on make of it. */
export interface LadderEffect {
  /** Its authority level is not above this; null: they take none. */
  level: AuthorityLevel | null;
  /** For `evaluate`: the step that holds its calls back. */
  held: Hold | null;
}

/** A step that takes something; warnings take nothing. */
export interface EffectiveStep {
  kind: StepKind;
  fromLevel: AuthorityLevel;
  toLevel: AuthorityLevel;
  recover: boolean;
}

/** All of them together: the lowest level, the strongest hold; nothing passes in recovery that one of them keeps back. */
export function effectOf(steps: readonly EffectiveStep[]): LadderEffect {
  const taking = steps.filter((step) => isLower(step.toLevel, step.fromLevel));
  const holding = steps.filter(({ kind }) => kind === 'pause' || kind === 'recertify');
  return {
    level: taking.reduce<AuthorityLevel | null>(
      (level, { toLevel }) => (level === null ? toLevel : lower(level, toLevel)),
      null,
    ),
    held:
      holding.length === 0
        ? null
        : {
            step: holding.some(({ kind }) => kind === 'recertify') ? 'recertify' : 'pause',
            recover: holding.every(({ recover }) => recover),
          },
  };
}

/**
 * Whether a gate that was passed ends a step: the gate it names, or G5 where it names G6, since an agent that went all the
 * way back into production has been through more. A review that was open before the step began says nothing of it.
 */
export function endsWith(
  step: { gate: string; at: number },
  passed: { gate: string; openedAt: number },
): boolean {
  if (passed.openedAt < step.at) return false;
  return passed.gate === step.gate || (step.gate === 'G6' && passed.gate === 'G5');
}

export function rankOf(kind: StepKind): number {
  return LADDER_STEPS.indexOf(kind);
}

export function isLower(a: AuthorityLevel, b: AuthorityLevel): boolean {
  return AUTHORITY_LEVELS.indexOf(a) < AUTHORITY_LEVELS.indexOf(b);
}

export function lower(a: AuthorityLevel, b: AuthorityLevel): AuthorityLevel {
  return isLower(b, a) ? b : a;
}

function oneLower(level: AuthorityLevel): AuthorityLevel {
  return AUTHORITY_LEVELS[Math.max(0, AUTHORITY_LEVELS.indexOf(level) - 1)] ?? level;
}
