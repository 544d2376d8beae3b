/**
 * Durations counted in bins, so that percentiles of any days can be told from the sum of their counts: 0 to 63 ms have a bin
 * each, from there on every doubling has 32. The database does the same (`rollup_duration_bin`).
 */
export interface DurationBin {
  bin: number;
  runs: number;
}

const BITS = 5;
const PER_DOUBLING = 2 ** BITS;
const SINGLE = PER_DOUBLING * 2;

/** The bin of a duration in whole milliseconds. */
export function binOf(ms: number): number {
  if (ms < SINGLE) return ms;
  const shift = Math.floor(Math.log2(ms)) - BITS;
  return shift * PER_DOUBLING + Math.floor(ms / 2 ** shift);
}

/** The middle of a bin, in milliseconds: at most 1.6% from any duration in it. */
export function middleOf(bin: number): number {
  if (bin < SINGLE) return bin;
  const shift = Math.floor(bin / PER_DOUBLING) - 1;
  const from = (bin - shift * PER_DOUBLING) * 2 ** shift;
  return from + (2 ** shift - 1) / 2;
}

/** The duration that the given share of runs did not exceed. `bins` ascend and hold at least one run. */
export function percentileOf(bins: readonly DurationBin[], share: number): number {
  const runs = bins.reduce((sum, bin) => sum + bin.runs, 0);
  const rank = Math.max(1, Math.ceil(share * runs));
  let seen = 0;
  for (const { bin, runs: here } of bins) {
    seen += here;
    if (seen >= rank) return middleOf(bin);
  }
  return 0;
}
