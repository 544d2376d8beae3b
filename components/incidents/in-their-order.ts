/**
 * Those that have happened in the order in which they did; those that have not keep their places among them. `at` is ISO 8601,
 * null for what has not happened.
 */
export function inTheirOrder<T extends { at: string | null }>(moments: readonly T[]): T[] {
  const happened = moments
    .flatMap((moment) => (moment.at === null ? [] : [{ moment, ms: Date.parse(moment.at) }]))
    .toSorted((a, b) => a.ms - b.ms)
    .map(({ moment }) => moment);
  return moments.map((moment) => (moment.at === null ? moment : (happened.shift() ?? moment)));
}
