import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { db, transact } from '@/lib/db/pool';
import { countFromSums } from './count-from-sums';
import { lookUp, RUN_FROM } from './run-conditions';
import { decodeCursor, encodeCursor } from './run-cursor';
import { COUNT_CAP, type RunFilters, type RunPage } from './run-filters';
import { RUN_COLUMNS, type RunRecord, type RunRow, toRunRow } from './run-row';
import { type Bounds, namedByWords, nearestOf, onlyWords, type Place, type Walk } from './run-walk';
import { countRuns, pageTellsCount, walkRuns } from './walk-runs';

export interface RunList {
  rows: RunRow[];
  /** Matching runs; where they were not all counted, so many at least, and COUNT_CAP + 1 at most. */
  count: number;
  /** False: there may be more. */
  exact: boolean;
  next: string | null;
  previous: string | null;
  /** True: as many runs were looked through as a page may, and these are what fits among them; the way on leads through more. */
  part: boolean;
  /** The database's clock when this was read: what was received later is new. */
  asOf: string;
}

/** One page of runs by keyset: rows that arrive meanwhile shift nothing, however deep the page. */
export async function listRuns(
  actor: Actor,
  filters: RunFilters,
  page: RunPage,
  options: { count?: boolean; bounds?: Bounds } = {},
): Promise<RunList> {
  authorize(actor, 'run.read', { workspaceId: actor.workspaceId });
  const backwards = page.before !== '';
  const token = backwards ? page.before : page.after;
  // Walking back reads in the opposite order and turns the page round afterwards.
  const ascending = (page.order === 'asc') !== backwards;
  const cursor = token === '' ? null : decodeCursor(token, page.sort, page.order);
  const wanted = {
    actor,
    filters,
    sort: page.sort,
    ascending,
    cursor,
    limit: page.limit + 1,
    bounds: options.bounds,
  };
  const walk = { ...wanted, sought: await lookUp(actor, filters, nearestOf(wanted)) };
  const [read, counted, clock] = await Promise.all([
    transact(async (client) => {
      await client.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
      const walked = await walkRuns(client, walk);
      const { rows } = await client.query<RunRecord>(
        `SELECT ${RUN_COLUMNS} FROM ${RUN_FROM} WHERE r.id = ANY($1::uuid[])`,
        [walked.found.slice(0, page.limit).map(({ id }) => id)],
      );
      return { walked, rows: new Map(rows.map((row) => [row.id, row])) };
    }),
    options.count === false || pageTellsCount(walk) ? { count: 0, exact: true } : countFitting(walk),
    db().query<{ now: Date }>('SELECT clock_timestamp() AS now'),
  ]);
  const { walked, rows } = read;
  const more = walked.found.length > page.limit;
  const shown = walked.found.slice(0, page.limit);
  if (backwards) shown.reverse();
  const mark = (place: Place | null | undefined) =>
    place === null || place === undefined
      ? null
      : encodeCursor({ sort: page.sort, order: page.order, value: place.value, id: place.id });
  // A page that holds all that fit knows how many that is.
  const all = cursor === null && !more && walked.stopped === null ? shown.length : walked.count;
  const onward = more ? mark(backwards ? shown[0] : shown.at(-1)) : mark(walked.stopped);
  return {
    rows: shown.flatMap(({ id }) => rows.get(id) ?? []).map(toRunRow),
    ...(all === null || options.count === false ? counted : { count: all, exact: true }),
    next: backwards ? mark(shown.at(-1)) : onward,
    previous: backwards ? onward : token === '' ? null : mark(shown[0]),
    part: !more && walked.stopped !== null,
    asOf: (clock.rows[0]?.now ?? new Date(0)).toISOString(),
  };
}

/** How many fit, all told, as the sums of the pages that lead here have it; what those cannot tell is counted, as far as that goes. */
async function countFitting(walk: Walk): Promise<{ count: number; exact: boolean }> {
  const summed = await countFromSums(walk.actor, walk.filters, walk.sought);
  if (summed !== null) return { count: summed, exact: true };
  // Every page of a list says the same: of thousands of runs that are named the latest are counted, not those next to this page.
  const latest = { ...walk, ascending: false, cursor: null };
  const elsewhere =
    walk.sort === 'started' &&
    namedByWords(walk) !== null &&
    !onlyWords(walk) &&
    (walk.ascending || walk.cursor !== null);
  const sought = elsewhere ? await lookUp(walk.actor, walk.filters, nearestOf(latest)) : walk.sought;
  return countRuns(db(), { ...latest, sought }, COUNT_CAP + 1);
}
