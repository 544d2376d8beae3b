/**
 * Whether reviewers agree beyond chance: Krippendorff's alpha (K. Krippendorff, Computing Krippendorff's Alpha-Reliability,
 * 2011), for any number of reviewers and with ratings missing. 1 is perfect agreement, 0 what chance gives, below 0 worse.
 */

/** How far apart two values are: nominal, the same or not; interval, by the square of their difference. */
type Measurement = 'nominal' | 'interval';

/** What reviewers said of one run. */
export type RatedUnit = readonly { rater: string; value: number }[];

/** Fewer runs than this that two or more rated tell nothing: one slip would move alpha by a tenth and more. */
export const LEAST_UNITS = 10;
/** Krippendorff's own bars: from here conclusions may be drawn, tentatively between the two. */
const RELIABLE = 0.8;
const TENTATIVE = 0.667;

export type Agreement = {
  /** Runs that two or more rated. */
  units: number;
  /** Share of pairs of ratings of the same run that are alike; null without any. */
  alike: number | null;
} & (
  | { state: 'known'; alpha: number; reading: 'reliable' | 'tentative' | 'unreliable' }
  /** `too-few`: under `LEAST_UNITS`. `no-variation`: everybody said the same of every run, which tells nothing of agreement. */
  | { state: 'unknown'; why: 'too-few' | 'no-variation' }
);

/** The agreement over these runs. Runs that fewer than two rated are left out. */
export function agreementOf(units: readonly RatedUnit[], measurement: Measurement): Agreement {
  const paired = units.filter((unit) => unit.length >= 2);
  const base = { units: paired.length, alike: alikeOf(paired) };
  if (paired.length < LEAST_UNITS) return { ...base, state: 'unknown', why: 'too-few' };
  const alpha = alphaOf(paired, measurement);
  if (alpha === null) return { ...base, state: 'unknown', why: 'no-variation' };
  const reading = alpha >= RELIABLE ? 'reliable' : alpha >= TENTATIVE ? 'tentative' : 'unreliable';
  return { ...base, state: 'known', alpha, reading };
}

/** Each pair of reviewers that rated runs in common, those with most in common first. */
export function agreementByPair(
  units: readonly RatedUnit[],
  measurement: Measurement,
): { raters: [string, string]; agreement: Agreement }[] {
  const pairs = new Map<string, { raters: [string, string]; units: RatedUnit[] }>();
  for (const unit of units) {
    const sorted = [...unit].sort((a, b) => (a.rater < b.rater ? -1 : 1));
    sorted.forEach((one, index) => {
      for (const other of sorted.slice(index + 1)) {
        const key = `${one.rater} ${other.rater}`;
        const pair = pairs.get(key) ?? { raters: [one.rater, other.rater], units: [] };
        pair.units.push([one, other]);
        pairs.set(key, pair);
      }
    });
  }
  return [...pairs.values()]
    .map((pair) => ({ raters: pair.raters, agreement: agreementOf(pair.units, measurement) }))
    .sort((a, b) => b.agreement.units - a.agreement.units);
}

/**
 * Alpha itself: 1 − observed ÷ expected disagreement. Null where all values are the same, or nothing can be compared: then it
 * is not defined.
 */
export function alphaOf(units: readonly RatedUnit[], measurement: Measurement): number | null {
  const paired = units.filter((unit) => unit.length >= 2);
  const values = paired.flatMap((unit) => unit.map(({ value }) => value));
  const apart = measurement === 'nominal' ? differing : squares;
  const expected = values.length < 2 ? 0 : apart(values) / (values.length - 1);
  if (expected === 0) return null;
  const observed = paired.reduce(
    (sum, unit) => sum + apart(unit.map(({ value }) => value)) / (unit.length - 1),
    0,
  );
  return 1 - observed / expected;
}

/** Over ordered pairs of these values: how many differ. */
function differing(values: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  let same = 0;
  for (const count of counts.values()) same += count * count;
  return values.length * values.length - same;
}

/** Over ordered pairs of these values: the sum of squared differences. Taken about the mean, so that large values lose nothing. */
function squares(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return 2 * values.length * values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
}

function alikeOf(units: readonly RatedUnit[]): number | null {
  let pairs = 0;
  let alike = 0;
  for (const unit of units)
    unit.forEach(({ value }, index) => {
      for (const other of unit.slice(index + 1)) {
        pairs += 1;
        if (other.value === value) alike += 1;
      }
    });
  return pairs === 0 ? null : alike / pairs;
}
