import { formatCount, formatMoney } from '@/lib/format';
import type { Spread } from './observed';

/** Fewer runs say too little for a ceiling. */
export const LEAST_RUNS = 5;
const FEW_RUNS = 20;
const MANY_RUNS = 100;

export type CeilingUnit = 'money' | 'tokens' | 'whole';

/**
 * A ceiling with headroom over what was seen, and the rule in words: half as much again as the 99th percentile of 100
 * runs or more, as the highest of 20 or more; twice the highest of fewer. Rounded up: dollars and tokens to two
 * significant digits, counts to whole ones. Null for fewer than 5, or when nothing was ever above 0.
 */
export function ceilingOf(
  spread: Spread,
  unit: CeilingUnit,
  per: 'run' | 'day' = 'run',
): { value: number; rule: string; doubts: string[] } | null {
  if (spread.n < LEAST_RUNS || spread.max <= 0) return null;
  const many = spread.n >= MANY_RUNS;
  const base = many && spread.p99 > 0 ? spread.p99 : spread.max;
  const factor = spread.n < FEW_RUNS ? 2 : 1.5;
  const value = unit === 'whole' ? Math.ceil(base * factor) : roundUp(base * factor);
  const of = `${formatCount(spread.n)} ${per}s`;
  const name = many && spread.p99 > 0 ? 'the 99th percentile' : 'the highest';
  return {
    value,
    rule: `${factor} × ${name} of ${of} (${figure(base, unit)}), rounded up. Half of them had ${figure(spread.p50, unit)} or less, the highest ${figure(spread.max, unit)}.`,
    doubts: [
      ...(spread.n < FEW_RUNS ? [`Only ${of}: the next may well be higher.`] : []),
      ...(spread.max > value ? [`The highest, ${figure(spread.max, unit)}, would have been over it.`] : []),
    ],
  };
}

/** The figure as a person reads it. */
export function figure(value: number, unit: CeilingUnit): string {
  return unit === 'money' ? formatMoney(value) : formatCount(value);
}

/** Up to two significant digits: 0.1234 becomes 0.13, 41200 becomes 42000. */
function roundUp(value: number): number {
  const step = 10 ** (Math.floor(Math.log10(value)) - 1);
  // Through text, so that 13 × 0.01 is 0.13.
  return Number((Math.ceil(value / step - 1e-9) * step).toPrecision(2));
}
