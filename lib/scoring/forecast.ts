/**
 * What a month's spending will come to, from the days of it that are over and those shortly before: docs/cost.md. Simple on
 * purpose: the mean of recent days for every day to come, with an interval from how much those days differ.
 */

/** Fewer days than this say nothing of the days to come. */
export const LEAST_DAYS = 7;
/** Further back is another time. */
export const MOST_DAYS = 28;
/** How sure the interval is. */
export const FORECAST_CONFIDENCE = 0.8;
/** Two-sided Student t for 80%, by degrees of freedom from 6 on. */
const T80 = [
  1.44, 1.415, 1.397, 1.383, 1.372, 1.363, 1.356, 1.35, 1.345, 1.341, 1.337, 1.333, 1.33, 1.328, 1.325, 1.323,
  1.321, 1.319, 1.318, 1.316, 1.315, 1.314,
];

export interface Forecast {
  /** US dollars at the end of the period: what is spent, and the mean of recent days for each day left. */
  usd: number;
  low: number;
  high: number;
  /** Whole days it was made from, and their mean. */
  days: number;
  perDayUsd: number;
  /** Whole days to come, and the part of today that is left (0-1). */
  daysLeft: number;
}

export type ForecastResult = ({ known: true } & Forecast) | { known: false; days: number; needed: number };

/**
 * @param recent US dollars of each of the last whole days, oldest first, days without spending as 0; at most the last 28 count
 * @param spent US dollars in the period so far, today included
 * @param daysLeft days of the period that are still to come, the rest of today as a fraction
 */
export function forecastSpend(recent: readonly number[], spent: number, daysLeft: number): ForecastResult {
  const days = recent.slice(-MOST_DAYS);
  if (days.length < LEAST_DAYS) return { known: false, days: days.length, needed: LEAST_DAYS };
  const mean = days.reduce((sum, usd) => sum + usd, 0) / days.length;
  const variance = days.reduce((sum, usd) => sum + (usd - mean) ** 2, 0) / (days.length - 1);
  const left = Math.max(0, daysLeft);
  // What is to come differs from day to day, and the mean itself is only known so well.
  const spread = Math.sqrt(variance * left + (variance * left ** 2) / days.length);
  const t = T80[days.length - LEAST_DAYS] ?? T80.at(-1) ?? 0;
  const usd = spent + mean * left;
  return {
    known: true,
    usd,
    low: Math.max(spent, usd - t * spread),
    high: usd + t * spread,
    days: days.length,
    perDayUsd: mean,
    daysLeft: left,
  };
}
