import type { Actor } from '@/lib/auth/actor';
import { db } from '@/lib/db/pool';
import { addSums, type RunSums, silentRuns } from '@/lib/scoring/run-sums';
import { readRollups } from '@/lib/services/rollups/read-rollups';
import { dayAt } from '@/lib/services/rollups/window';
import { agentsNamed, versionsNamed } from './run-conditions';
import { NO_RUN_FILTERS, type RunFilters } from './run-filters';

/** The filters that narrow by something sums are kept apart by; any number of them may be set. */
const KEYS: ReadonlySet<string> = new Set(['agent', 'unit', 'version', 'from', 'to']);
/** Filters that are a sum of their own; at most one may be set. */
const SUMS: Partial<Record<keyof RunFilters, (sums: RunSums, filters: RunFilters) => number>> = {
  silent: silentRuns,
  clean: (sums) => sums.clean,
  scored: (sums) => sums.scored,
  unpriced: (sums) => sums.unpricedRuns,
  askedOnly: (sums) => sums.askedOnly,
  band: (sums, { band }) => band.reduce((count, each) => count + sums[each], 0),
};
/** Older than any run. */
const EVER = '1970-01-01';
const DAY_MS = 86_400_000;

/**
 * How many runs fit, from the sums that pages show, however many they are: a figure and the list it leads to then say the same.
 * Null where the filters ask for what sums cannot tell. The caller has authorized the reading.
 */
export async function countFromSums(actor: Actor, filters: RunFilters): Promise<number | null> {
  const set = namesOf(filters).filter((name) => !KEYS.has(name) && !isUnset(filters, name));
  const [only, ...more] = set;
  if (more.length > 0) return null;
  const counted = only === undefined ? (sums: RunSums) => sums.runs + sums.askedOnly : SUMS[only];
  // A moment within a day is finer than the sums.
  if (counted === undefined || filters.from.includes('T') || filters.to.includes('T')) return null;
  const [agentIds, versionIds] = await Promise.all([
    agentsNamed(actor, filters),
    versionsNamed(actor, filters),
  ]);
  const rows = await readRollups(
    db(),
    {
      workspaceId: actor.workspaceId,
      agentId: actor.kind === 'key' ? (actor.agentId ?? undefined) : undefined,
      from: filters.from === '' ? EVER : filters.from,
      // Two days on it is tomorrow everywhere: no run began later.
      until: filters.to === '' ? dayAt('UTC', new Date(Date.now() + 2 * DAY_MS)) : filters.to,
    },
    ['agent', 'version'],
  );
  return counted(
    addSums(
      rows.filter(
        ({ agentId, versionId }) =>
          (agentIds === null || agentIds.includes(agentId ?? '')) &&
          (versionIds === null || versionIds.includes(versionId ?? '')),
      ),
    ),
    filters,
  );
}

const isFilter = (name: string): name is keyof RunFilters => name in NO_RUN_FILTERS;
const namesOf = (filters: RunFilters) => Object.keys(filters).filter(isFilter);

function isUnset(filters: RunFilters, name: keyof RunFilters): boolean {
  const value = filters[name];
  return Array.isArray(value) ? value.length === 0 : value === NO_RUN_FILTERS[name];
}
