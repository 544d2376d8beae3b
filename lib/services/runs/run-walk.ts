/** What is walked for a page of runs, and how far. */
import type { PoolClient } from 'pg';
import type { Actor } from '@/lib/auth/actor';
import type { NamedRuns, Nearest } from './named-runs';
import type { Sought } from './run-conditions';
import { COUNT_CAP, filtersSet, type RunFilters, type RunSort } from './run-filters';

export type Client = Pick<PoolClient, 'query'>;

/** How much work a page may be. */
export interface Bounds {
  /** So many entries of an index are gone through, at first and then. */
  near: number;
  far: number;
  /** So many runs that may fit are looked at, where the index alone does not tell. */
  lookedAt: number;
}
const BOUNDS: Bounds = { near: 6000, far: 36_000, lookedAt: 3000 };

export interface Walk {
  actor: Actor;
  filters: RunFilters;
  sought: Sought;
  sort: RunSort;
  ascending: boolean;
  /** Where it begins, that run not included. */
  cursor: { value: string; id: string } | null;
  /** So many runs at most. */
  limit: number;
  /** Other than usual: for tests. */
  bounds?: Bounds | undefined;
}
export interface Place {
  /** What the sort compares, exactly. */
  value: string;
  id: string;
}
export interface Walked {
  found: Place[];
  /** Where it stopped, having looked at as many as a page may; null: it has `limit` runs, or there are no more. */
  stopped: Place | null;
  /** How many runs fit in all, where that was found on the way. */
  count: number | null;
}

/** What words alone tell of a run, or what stands beside them. */
const TOLD_BY_WORDS: ReadonlySet<string> = new Set(['q', 'tool', 'from', 'to']);
/** When a run began may have changed since it was written beside its words: so many more are named than a page needs. */
const SPARE = 20;

/** Whether who has the words fits, whatever else the run is. */
export function onlyWords({ actor, filters }: Pick<Walk, 'actor' | 'filters'>): boolean {
  return (
    (actor.kind !== 'key' || actor.agentId === null) &&
    filtersSet(filters).every((name) => TOLD_BY_WORDS.has(name))
  );
}

/** Which runs that have the words such a walk needs named; null: all of them. */
export function nearestOf(walk: Omit<Walk, 'sought'>): Nearest | null {
  if (walk.sort !== 'started') return null;
  const { lookedAt } = boundsOf(walk);
  const { ascending, cursor } = walk;
  const only = onlyWords(walk);
  return {
    ascending,
    cursor,
    most: only ? Math.min(lookedAt, walk.limit + SPARE) : lookedAt,
    least: only ? Math.min(lookedAt, walk.limit) : lookedAt,
    upTo: only ? Math.min(lookedAt, COUNT_CAP) : lookedAt,
    whole: !only,
  };
}

/** The runs that have the words, where those were looked up. */
export function namedByWords({ sought: { words } }: Pick<Walk, 'sought'>): NamedRuns | null {
  return words === null || words === 'none' ? null : words.named;
}
/** What is still to be looked at of a run that has them. */
export const looked = ({ sought, ...walk }: Walk) => ({
  ...walk,
  sought: namedByWords({ sought }) === null ? sought : { ...sought, words: null },
});
/** What is named is not there. */
export function noneCan({ sought: { agentIds, versionIds, words } }: Walk): boolean {
  return words === 'none' || agentIds?.length === 0 || versionIds?.length === 0;
}
export const boundsOf = (walk: Pick<Walk, 'bounds'>) => walk.bounds ?? BOUNDS;
