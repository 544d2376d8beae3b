/**
 * Whether a figure moved between two periods. Simple tests, each with its sample sizes; what is too small to tell is
 * "too-few", never "steady". Formulas and limits: docs/drills.md.
 */

/** Runs that each period needs before anything is said of it. */
export const LEAST_RUNS = 30;

export type MoveVerdict = 'steady' | 'moved' | 'too-few';

/** z beyond which a difference is taken for more than chance: one time in a hundred, both sides. */
const Z_LIMIT = 2.576;
/** Below this, whatever its significance, a population has not moved enough to matter. */
const PSI_LIMIT = 0.1;
/** χ² at 1% by degrees of freedom. */
const CHI_SQUARE = [0, 6.635, 9.21, 11.345, 13.277, 15.086];
/** Relative change of a mean below which it does not matter. */
const MEAN_CHANGE = 0.1;

export interface ShareMove {
  verdict: MoveVerdict;
  /** Null when it cannot be told. */
  z: number | null;
}

/** Two-proportion z test with the pooled share. `hits` of `of` in each period. */
export function shareMove(
  before: { hits: number; of: number },
  now: { hits: number; of: number },
): ShareMove {
  if (before.of < LEAST_RUNS || now.of < LEAST_RUNS) return { verdict: 'too-few', z: null };
  const pooled = (before.hits + now.hits) / (before.of + now.of);
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / before.of + 1 / now.of));
  const z = error === 0 ? 0 : (now.hits / now.of - before.hits / before.of) / error;
  return { verdict: Math.abs(z) > Z_LIMIT ? 'moved' : 'steady', z };
}

export interface MixMove {
  verdict: MoveVerdict;
  /** Population stability index; null when it cannot be told. */
  psi: number | null;
}

/**
 * Population stability index Σ (now − before) · ln(now ÷ before) over classes, half a run added to each class so that an
 * empty one has a logarithm. Moved when it is at least 0.1 and more than chance makes of samples of these sizes
 * (PSI ÷ (1/n + 1/m) is about χ²).
 */
export function mixMove(before: readonly number[], now: readonly number[]): MixMove {
  const [n, m] = [sum(before), sum(now)];
  if (n < LEAST_RUNS || m < LEAST_RUNS) return { verdict: 'too-few', psi: null };
  const classes = Math.max(before.length, now.length);
  const share = (counts: readonly number[], index: number, total: number) =>
    ((counts[index] ?? 0) + 0.5) / (total + classes / 2);
  let psi = 0;
  let filled = 0;
  for (let index = 0; index < classes; index += 1) {
    const [a, b] = [share(before, index, n), share(now, index, m)];
    psi += (b - a) * Math.log(b / a);
    if ((before[index] ?? 0) + (now[index] ?? 0) > 0) filled += 1;
  }
  const limit =
    CHI_SQUARE[Math.min(Math.max(1, filled - 1), CHI_SQUARE.length - 1)] ?? Number.POSITIVE_INFINITY;
  const isMore = psi / (1 / n + 1 / m) > limit;
  return { verdict: psi >= PSI_LIMIT && isMore ? 'moved' : 'steady', psi };
}

export interface Sample {
  count: number;
  mean: number;
  /** Sample variance. */
  variance: number;
}

export interface MeanMove {
  verdict: MoveVerdict;
  z: number | null;
  /** Relative change of the mean, 0.2 for a fifth more; null when it was 0 before. */
  change: number | null;
}

/** Welch's test as z, for samples this large. Moved when it is more than chance and at least a tenth of the mean. */
export function meanMove(before: Sample, now: Sample): MeanMove {
  if (before.count < LEAST_RUNS || now.count < LEAST_RUNS)
    return { verdict: 'too-few', z: null, change: null };
  const error = Math.sqrt(before.variance / before.count + now.variance / now.count);
  const difference = now.mean - before.mean;
  const z = error === 0 ? (difference === 0 ? 0 : Math.sign(difference) * 1e9) : difference / error;
  const change = before.mean === 0 ? null : difference / Math.abs(before.mean);
  const matters = change === null ? difference !== 0 : Math.abs(change) >= MEAN_CHANGE;
  return { verdict: matters && Math.abs(z) > Z_LIMIT ? 'moved' : 'steady', z, change };
}

/** Wilson's interval of a share at 95%: what the true share may be, having seen `hits` of `of`. */
export function shareInterval(hits: number, of: number): [number, number] | null {
  if (of === 0) return null;
  const z = 1.96;
  const share = hits / of;
  const centre = share + (z * z) / (2 * of);
  const spread = z * Math.sqrt((share * (1 - share)) / of + (z * z) / (4 * of * of));
  const scale = 1 + (z * z) / of;
  return [Math.max(0, (centre - spread) / scale), Math.min(1, (centre + spread) / scale)];
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
