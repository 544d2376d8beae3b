/** From and until, in milliseconds since the epoch. */
export type Interval = readonly [from: number, until: number];

/**
 * How long a run waited for people, in milliseconds: the part of its pauses that lies within the run, less what it worked
 * in them all the same (a call that was under way when the pause began, or one made in spite of it). Intervals may
 * overlap and stand in any order. Formula: docs/scores.md.
 */
export function waitingMs(run: Interval, pauses: readonly Interval[], calls: readonly Interval[]): number {
  const paused = united(pauses, run);
  let waited = 0;
  for (const pause of paused) {
    waited += pause[1] - pause[0];
    for (const [from, until] of united(calls, pause)) waited -= until - from;
  }
  return waited;
}

/** The parts of the intervals that lie within `bounds`, in order, those that touch made one. */
function united(intervals: readonly Interval[], [first, last]: Interval): Interval[] {
  const inside = intervals
    .map(([from, until]): Interval => [Math.max(from, first), Math.min(until, last)])
    .filter(([from, until]) => from < until)
    .sort((a, b) => a[0] - b[0]);
  const result: Interval[] = [];
  for (const interval of inside) {
    const before = result.at(-1);
    if (before === undefined || before[1] < interval[0]) result.push(interval);
    else result[result.length - 1] = [before[0], Math.max(before[1], interval[1])];
  }
  return result;
}
