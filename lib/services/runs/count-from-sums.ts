import type { Actor } from '@/lib/auth/actor';
import { db } from '@/lib/db/pool';
import type { RunSums } from '@/lib/scoring/run-sums';
import { readRollups } from '@/lib/services/rollups/read-rollups';
import type { Sought } from './run-conditions';
import { filtersSet, type RunFilters } from './run-filters';

/** The filters that narrow by something sums are kept apart by; any number of them may be set. */
const KEYS: ReadonlySet<string> = new Set(['agent', 'unit', 'version', 'from', 'to']);
/** Sums that add up to how many fit, and those to take away. */
type Terms = readonly [plus: readonly (keyof RunSums)[], minus?: readonly (keyof RunSums)[]];
/** Filters that sums tell of; at most one may be set. */
const SUMS: Partial<Record<keyof RunFilters, (filters: RunFilters) => Terms>> = {
  silent: () => [['runs'], ['paged']],
  clean: () => [['clean']],
  scored: () => [['scored']],
  unpriced: () => [['unpricedRuns']],
  askedOnly: () => [['askedOnly']],
  band: ({ band }) => [[...new Set(band)]],
};
const ALL: Terms = [['runs', 'askedOnly']];

/**
 * How many runs fit, from the sums that pages show, however many they are: a figure and the list it leads to then say the same.
 * Null where the filters ask for what sums cannot tell. The caller has authorized the reading.
 */
export async function countFromSums(
  actor: Actor,
  filters: RunFilters,
  { agentIds, versionIds }: Pick<Sought, 'agentIds' | 'versionIds'>,
): Promise<number | null> {
  const set = filtersSet(filters).filter((name) => !KEYS.has(name));
  const [only, ...more] = set;
  if (more.length > 0) return null;
  const terms = only === undefined ? ALL : SUMS[only]?.(filters);
  // A moment within a day is finer than the sums.
  if (terms === undefined || filters.from.includes('T') || filters.to.includes('T')) return null;
  const [plus, minus = []] = terms;
  const [sums] = await readRollups(
    db(),
    {
      workspaceId: actor.workspaceId,
      agentId: actor.kind === 'key' ? (actor.agentId ?? undefined) : undefined,
      agentIds: agentIds ?? undefined,
      versionIds: versionIds ?? undefined,
      from: filters.from === '' ? '-infinity' : filters.from,
      until: filters.to === '' ? 'infinity' : filters.to,
    },
    [],
    [...plus, ...minus],
  );
  const total = (measures: readonly (keyof RunSums)[]) =>
    measures.reduce((sum, measure) => sum + (sums?.[measure] ?? 0), 0);
  return total(plus) - total(minus);
}
