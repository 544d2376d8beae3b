import { type Criterion, scaleTop } from './criteria';

/** How a criterion is rated, one run at a time. */
export type RatingScale =
  /** Does its statement hold of this run? The values that yes and no stand for. */
  | { kind: 'yes-no'; yes: number; no: number }
  /** 0 to 100. */
  | { kind: 'percent' }
  /** One of a few whole numbers. */
  | { kind: 'points'; from: number; to: number }
  /** Any number, in the criterion's unit. */
  | { kind: 'number' };

type Rated = Pick<Criterion, 'comparison' | 'target' | 'unit'>;

const OUT_OF = /(?:^|\D)(?:of|\/)\s*(\d{1,2})$/i;
const POINTS = /^(stars?|points?)$/i;

/**
 * The scale of a criterion, from its target and unit. A target that is a share (0 to 1, no unit) is met or not by each run: where
 * at most so much is good, the statement holds at 0. "%" is 0 to 100; "of 5", "/ 10", "stars" and "points" are a few whole numbers;
 * anything else is a number in the unit.
 */
export function ratingScale(criterion: Rated): RatingScale {
  const { unit, target, comparison } = criterion;
  const top = scaleTop(criterion);
  if (top === 1)
    return comparison === '>=' ? { kind: 'yes-no', yes: 1, no: 0 } : { kind: 'yes-no', yes: 0, no: 1 };
  if (top === 100) return { kind: 'percent' };
  const most = Number(OUT_OF.exec(unit ?? '')?.[1] ?? Number.NaN);
  if (most >= 2 && most <= 10 && target <= most) return { kind: 'points', from: most > 5 ? 0 : 1, to: most };
  if (unit !== undefined && POINTS.test(unit) && target >= 1 && target <= 5)
    return { kind: 'points', from: 1, to: 5 };
  return { kind: 'number' };
}

/** Why a value is none of the scale; null when it is. */
export function offScaleReason(scale: RatingScale, value: number): string | null {
  if (!Number.isFinite(value)) return 'Give a number.';
  switch (scale.kind) {
    case 'yes-no':
      return value === scale.yes || value === scale.no ? null : 'Say yes or no.';
    case 'percent':
      return value >= 0 && value <= 100 ? null : 'Give a share from 0 to 100%.';
    case 'points':
      return Number.isInteger(value) && value >= scale.from && value <= scale.to
        ? null
        : `Choose a whole number from ${scale.from} to ${scale.to}.`;
    case 'number':
      return null;
  }
}

/** How far apart two ratings are: kinds that are the same or not, or figures. */
export function measurementOf(scale: RatingScale): 'nominal' | 'interval' {
  return scale.kind === 'yes-no' ? 'nominal' : 'interval';
}
