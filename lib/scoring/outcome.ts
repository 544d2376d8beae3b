import { type Criterion, onScale, reaches, SHARE, scaleTop } from './criteria';

/** What was said of one run in one unit. */
interface SaidOfRun {
  /** As the signals were sent; null for none. */
  unit: string | null;
  /** Their mean by samples. */
  value: number;
  samples: number;
}

/**
 * Whether the outcome of a single run is good by a criterion. A run is one yes or no, so the share that all runs together
 * have to reach says nothing of it: on a scale of shares more than half is yes, which is good where the criterion asks for at
 * least something and bad where it asks for at most. On any other scale the target itself is asked for. What was said in another
 * unit, or is off the criterion's scale, is left out. Null: nothing is left.
 */
export function outcomeIsGood(criterion: Criterion, said: readonly SaidOfRun[]): boolean | null {
  let total = 0;
  let samples = 0;
  let asShare = false;
  for (const each of said) {
    const read = onScale(criterion, each.value, each.unit);
    if (read === null) continue;
    total += read * each.samples;
    samples += each.samples;
    asShare ||= each.unit === SHARE;
  }
  if (samples === 0) return null;
  const top = scaleTop(criterion) ?? (asShare ? 1 : null);
  const mean = total / samples;
  if (top === null) return reaches(criterion, mean);
  const yes = mean > top / 2;
  return criterion.comparison === '>=' ? yes : !yes;
}

/** Whether a part of what was said of a run does not count by the criterion, because of its unit or its scale. */
export function leavesOut(criterion: Criterion, said: readonly SaidOfRun[]): boolean {
  return said.some(({ value, unit }) => onScale(criterion, value, unit) === null);
}
