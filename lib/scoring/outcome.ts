import { type Criterion, onScale, reaches, SHARE, scaleTop } from './criteria';

/**
 * Whether the outcome of a single run is good by a criterion. A run is one yes or no, so the share that all runs together
 * have to reach says nothing of it: on a scale of shares more than half is yes, which is good where the criterion asks for at
 * least something and bad where it asks for at most. On any other scale the target itself is asked for. Null: the value
 * is off the criterion's scale.
 *
 * @param unit as the signal was sent
 */
export function outcomeIsGood(criterion: Criterion, value: number, unit: string | null): boolean | null {
  const read = onScale(criterion, value, unit);
  if (read === null) return null;
  const top = unit === SHARE ? (scaleTop(criterion) ?? 1) : scaleTop(criterion);
  if (top === null) return reaches(criterion, read);
  const yes = read > top / 2;
  return criterion.comparison === '>=' ? yes : !yes;
}
