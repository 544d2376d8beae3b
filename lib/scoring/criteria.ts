import type { Contract } from '../contract/schema';
import { formatDuration, formatList, formatNumber, formatPercent, plural } from '../format';
import { factorBetween, unitKey } from './units';

/** How a measurement of quality comes about; a criterion is bound to one of them. */
export const SIGNAL_FAMILIES = ['technical', 'eval', 'feedback', 'outcome', 'sme'] as const;
export type SignalFamily = (typeof SIGNAL_FAMILIES)[number];

export type Criterion = Contract['quality']['criteria'][number];
/** What of a criterion says how its values read. */
export type Scale = Pick<Criterion, 'target'> & { unit?: string | null | undefined };

/** The unit of a signal that was true or false, met or not: a share of 1. */
export const SHARE = 'share';

/** Signals of one criterion, added up: by day, or one by one. */
export interface SignalSum {
  /** As it was sent; null for none. */
  unit: string | null;
  /** Sum of value × samples. */
  sum: number;
  samples: number;
  lowest: number;
  highest: number;
  /** When the latest of them happened, epoch ms. */
  atMs: number;
}

/** A whole set measured at once, such as an eval file. */
export interface Suite {
  unit: string | null;
  value: number;
  samples: number;
  atMs: number;
}

export interface CriterionSignals {
  /** Sums of days (UTC), or of single signals; suites are not in them. */
  sums: readonly SignalSum[];
  /** The newest set; it stands for all before it. */
  suite: Suite | null;
}

/** Why nothing can be said of a criterion. */
export const UNKNOWN_REASONS = ['unbound', 'silent', 'stale', 'too-few', 'off-scale', 'wrong-unit'] as const;
export type UnknownReason = (typeof UNKNOWN_REASONS)[number];

/** Where a criterion stands. Unknown is never good: then `met` and `score` are null, whatever was measured. */
export interface CriterionStanding {
  id: string;
  clause: string;
  statement: string;
  /** Null: it is bound to no signal. */
  family: SignalFamily | null;
  weight: number;
  state: 'known' | 'unknown';
  why: UnknownReason | null;
  /** In a sentence: what it rests on, or why it is unknown. */
  reason: string;
  /** Mean by samples over the window, in the criterion's unit; null without any. */
  value: number | null;
  met: boolean | null;
  /** 0-100, from `criterionScore`. */
  score: number | null;
  /** Cases in the window. */
  samples: number;
  /** When the latest signal happened, epoch ms; null when none ever did. */
  atMs: number | null;
}

export const DAY_MS = 86_400_000;

/** The clause of a criterion. */
export function criterionClause(id: string): string {
  return `quality/criteria/${id}`;
}

/** Names of metrics are alike whatever their case, hyphens, underscores and spaces. */
export function metricKey(name: string): string {
  return name
    .trim()
    .toLowerCase()
    .replace(/[\s_-]+/g, ' ');
}

/** What a criterion may be called by signals, as `metricKey` has it: its id, its metric, its clause. */
export function criterionKeys({ id, metric }: Pick<Criterion, 'id' | 'metric'>): string[] {
  const names = metric === undefined ? [id, criterionClause(id)] : [id, metric, criterionClause(id)];
  return [...new Set(names.map(metricKey))];
}

/** Whether a criterion reads signals of this family and metric. */
export function readsSignal(
  criterion: Pick<Criterion, 'id' | 'metric' | 'signal'>,
  signal: { family: SignalFamily; metric: string },
): boolean {
  return criterion.signal === signal.family && criterionKeys(criterion).includes(metricKey(signal.metric));
}

/** From 0 to here a criterion's values may go: 100 for per cent, 1 for a target between 0 and 1 without a unit, else null. */
export function scaleTop({ target, unit }: Scale): number | null {
  if (unit === '%') return 100;
  return (unit ?? null) === null && target >= 0 && target <= 1 ? 1 : null;
}

/**
 * By how much a signal's value is multiplied to be in the criterion's unit; null when its unit does not fit that one: euros are
 * no dollars, and four stars are not 4%. A signal that says no unit is in the criterion's.
 */
export function unitFactor(scale: Scale, unit: string | null): number | null {
  return factorBetween(unit, unitKey(scale.unit) ?? (scaleTop(scale) === null ? null : SHARE));
}

/** "USD", "a share of 1", "no unit": what a criterion's values are in, as a sentence has it. */
export function unitInWords(scale: Scale): string {
  return scale.unit ?? (scaleTop(scale) === null ? 'no unit' : 'a share of 1');
}

/** A signal's value in the criterion's unit; null when it is in another, or off the criterion's scale. */
export function onScale(scale: Scale, value: number, unit: string | null): number | null {
  const factor = unitFactor(scale, unit);
  if (factor === null) return null;
  const top = scaleTop(scale);
  const read = value * factor;
  // What per cent made of a share may be off in the last bit.
  if (top !== null && (read < -1e-9 || read > top * (1 + 1e-9))) return null;
  return top === null ? read : Math.min(top, Math.max(0, read));
}

/** Whether a value reaches the target. A mean of shares that are exactly on it must not miss it by the last bit. */
export function reaches({ comparison, target }: Pick<Criterion, 'comparison' | 'target'>, value: number) {
  const slack = 1e-9 * Math.max(1, Math.abs(target));
  return comparison === '>=' ? value >= target - slack : value <= target + slack;
}

/**
 * 0-100 for a value in the criterion's unit: 100 when it reaches the target, else how far it got. At least: value ÷ target. At
 * most, on a scale with a top: what is left above the value ÷ what has to be left above the target; without a top: target ÷
 * value.
 */
export function criterionScore(criterion: Criterion, value: number): number {
  if (reaches(criterion, value)) return 100;
  const { target } = criterion;
  const top = scaleTop(criterion);
  const share =
    criterion.comparison === '>='
      ? value / target
      : top === null
        ? target / value
        : (top - value) / (top - target);
  return Number.isFinite(share) ? Math.min(100, Math.max(0, 100 * share)) : 0;
}

/** The first moment of a window of so many days: the start of that day (UTC), so that windows are whole days. Epoch ms. */
export function windowStart(windowDays: number, now: number): number {
  return Math.floor((now - windowDays * DAY_MS) / DAY_MS) * DAY_MS;
}

/**
 * Where a criterion stands by the signals it reads: their mean by samples over its window, the newest suite for those before
 * it. Unknown, with the reason, when it is bound to none, none came, the latest is older than `freshnessDays`, or fewer than
 * `leastSamples` came in the window.
 */
export function standCriterion(
  criterion: Criterion,
  { sums, suite }: CriterionSignals,
  now: number,
): CriterionStanding {
  const { id, statement, weight, windowDays, leastSamples, freshnessDays } = criterion;
  const base = {
    id,
    clause: criterionClause(id),
    statement,
    family: criterion.signal ?? null,
    weight,
    value: null,
    met: null,
    score: null,
    samples: 0,
    atMs: null,
  };
  const unknown = (why: UnknownReason, reason: string, seen: Partial<CriterionStanding> = {}) =>
    ({ ...base, ...seen, state: 'unknown', why, reason }) as const;
  if (criterion.signal === undefined) return unknown('unbound', 'It is bound to no signal.');

  const from = windowStart(windowDays, now);
  const { total, samples, offScale, otherUnits } = addUp(criterion, sums, suite, from);
  const atMs = latest(sums, suite);
  if (atMs === null) return unknown('silent', `No ${FAMILY_WORDS[criterion.signal]} of it has come in.`);
  const value = samples === 0 ? null : total / samples;
  const seen = { value, samples, atMs };
  if (now - atMs > freshnessDays * DAY_MS)
    return unknown(
      'stale',
      `The latest is ${formatDuration(now - atMs)} old; it counts for ${plural(freshnessDays, 'day')}.`,
      seen,
    );
  const strange = [...otherUnits.values()].reduce((sum, count) => sum + count, 0);
  const units = formatList([...otherUnits.keys()]);
  if (value === null && strange > 0)
    return unknown(
      'wrong-unit',
      `${plural(strange, 'sample')} in the window, in ${units}, which does not fit ${unitInWords(criterion)}.`,
      seen,
    );
  if (value === null)
    return unknown(
      offScale > 0 ? 'off-scale' : 'stale',
      offScale > 0
        ? `${plural(offScale, 'sample')} in the window, all off its scale of 0 to ${scaleTop(criterion) ?? 0}.`
        : `None in its window of ${plural(windowDays, 'day')}.`,
      seen,
    );
  const left = [
    offScale === 0 ? '' : ` ${plural(offScale, 'sample')} off the scale left out.`,
    strange === 0 ? '' : ` ${plural(strange, 'sample')} in ${units} left out.`,
  ].join('');
  if (samples < leastSamples)
    return unknown(
      'too-few',
      `${plural(samples, 'sample')} in ${plural(windowDays, 'day')}; at least ${formatNumber(leastSamples)} are needed.${left}`,
      seen,
    );
  const met = reaches(criterion, value);
  return {
    ...base,
    ...seen,
    state: 'known',
    why: null,
    met,
    score: criterionScore(criterion, value),
    reason: `${plural(samples, 'sample')} in ${plural(windowDays, 'day')}.${left}`,
  };
}

const FAMILY_WORDS: Readonly<Record<SignalFamily, string>> = {
  technical: 'technical signal',
  eval: 'eval result',
  feedback: 'feedback',
  outcome: 'outcome',
  sme: 'expert rating',
};

function latest(sums: readonly SignalSum[], suite: Suite | null): number | null {
  let at = suite?.atMs ?? null;
  for (const { atMs } of sums) if (at === null || atMs > at) at = atMs;
  return at;
}

/**
 * What counts: sums of the window, and the newest suite when it is of the window. What is off the scale, and what is in units
 * that do not fit, is counted apart.
 */
function addUp(criterion: Criterion, sums: readonly SignalSum[], suite: Suite | null, from: number) {
  let total = 0;
  let samples = 0;
  let offScale = 0;
  const otherUnits = new Map<string, number>();
  const sets: SignalSum[] =
    suite === null
      ? []
      : [{ ...suite, sum: suite.value * suite.samples, lowest: suite.value, highest: suite.value }];
  for (const { unit, sum, samples: count, lowest, highest, atMs } of [...sums, ...sets]) {
    if (atMs < from) continue;
    const factor = unitFactor(criterion, unit);
    if (factor === null) {
      const name = unit === null || unit === SHARE ? 'yes or no' : unit;
      otherUnits.set(name, (otherUnits.get(name) ?? 0) + count);
    } else if (onScale(criterion, lowest, unit) === null || onScale(criterion, highest, unit) === null)
      offScale += count;
    else {
      total += sum * factor;
      samples += count;
    }
  }
  return { total, samples, offScale, otherUnits };
}

/** "53%", "4.2 stars": a value or target of a criterion as people read it. */
export function criterionValue(value: number, { target, unit }: Scale): string {
  if (unit === '%') return `${formatNumber(value, 1)}%`;
  if (unit === undefined || unit === null)
    return target >= 0 && target <= 1 ? formatPercent(value) : formatNumber(value, 4);
  return `${formatNumber(value, 4)} ${unit}`;
}

/** One part of the quality pillar. */
export interface QualityPart {
  /** `quality/technical`, or the clause of a criterion. */
  clause: string;
  weight: number;
  /** 0-100; null: unknown. */
  score: number | null;
}

export interface QualityPillar {
  /** 0-100, one decimal: the mean by weight over the parts that are known; null when none is. */
  score: number | null;
  /** What it would be if all that is unknown were at its worst, and at its best. */
  low: number;
  high: number;
  /** Share of the weight that is known, 0-1. */
  coverage: number;
  parts: QualityPart[];
}

/** Technical health counts in the quality pillar as a criterion of this weight does. */
export const TECHNICAL_WEIGHT = 1;

/**
 * The quality pillar of an agent: technical health (when the contract sets targets for it) and every criterion, by weight.
 * What is unknown widens the range and is never taken for good; a contract that asks for nothing gives null, 0 to 100.
 *
 * @param technical its score, null while unknown; undefined when the contract sets no technical target
 */
export function qualityOf(
  standings: readonly Pick<CriterionStanding, 'clause' | 'weight' | 'score'>[],
  technical: number | null | undefined,
): QualityPillar {
  const parts: QualityPart[] = standings.map(({ clause, weight, score }) => ({ clause, weight, score }));
  if (technical !== undefined)
    parts.unshift({ clause: 'quality/technical', weight: TECHNICAL_WEIGHT, score: technical });
  const weight = parts.reduce((sum, part) => sum + part.weight, 0);
  let known = 0;
  let points = 0;
  for (const part of parts)
    if (part.score !== null) {
      known += part.weight;
      points += part.weight * part.score;
    }
  return {
    score: known === 0 ? null : tenth(points / known),
    low: weight === 0 ? 0 : tenth(points / weight),
    high: weight === 0 ? 100 : tenth((points + (weight - known) * 100) / weight),
    coverage: weight === 0 ? 0 : known / weight,
    parts,
  };
}

/** As `oneDecimal` of lib/scoring/performance.ts, which reads this file. */
function tenth(value: number): number {
  return Math.round(Math.round(value * 1e6) / 1e5) / 10;
}

/**
 * What criteria say of one run by the signals that name it: the sum of the weights of those that were measured, and of score ×
 * weight. With technical health they make the run's quality pillar.
 */
export function signalsOfRun(
  criteria: readonly Criterion[],
  signals: readonly {
    family: SignalFamily;
    metric: string;
    value: number;
    unit: string | null;
    samples: number;
  }[],
): {
  weight: number;
  points: number;
  measured: { id: string; value: number; samples: number; score: number }[];
} {
  const measured = criteria.flatMap((criterion) => {
    let total = 0;
    let samples = 0;
    for (const signal of signals) {
      if (!readsSignal(criterion, signal)) continue;
      const value = onScale(criterion, signal.value, signal.unit);
      if (value === null) continue;
      total += value * signal.samples;
      samples += signal.samples;
    }
    if (samples === 0) return [];
    const value = total / samples;
    return [
      { id: criterion.id, value, samples, score: criterionScore(criterion, value), weight: criterion.weight },
    ];
  });
  return {
    weight: measured.reduce((sum, each) => sum + each.weight, 0),
    points: measured.reduce((sum, each) => sum + each.weight * each.score, 0),
    measured: measured.map(({ weight: _, ...each }) => each),
  };
}
