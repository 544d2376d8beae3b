/**
 * Finds the runs of a page in bounded time, whatever the filters and the sort. Every index of the list has the marks of its runs
 * (run-marks.ts), so going through it costs a ten-thousandth of a millisecond a run, and only what may fit is looked at. Which index
 * leads there soonest nobody knows beforehand: each that can is gone through a little way, then a longer one. Where none comes to an
 * end, the page has what was found up to a place, and the next begins there: no run is left out, and none is met twice.
 */

import { SqlValues } from '@/lib/db/sql-values';
import type { NamedRuns } from './named-runs';
import { fitting } from './run-conditions';
import { marksThatFit } from './run-marks';
import { SORTS } from './run-sorts';
import {
  boundsOf,
  type Client,
  looked,
  namedByWords,
  noneCan,
  onlyWords,
  type Place,
  type Walk,
  type Walked,
} from './run-walk';
import { countNamed, fetchRuns, fromLatest, toldByWords } from './walk-named';
import { wordsFit } from './words-sought';

/** A count is of less use than the page it stands over, and goes through so many entries. */
const COUNTED = 20_000;
/** An index is gone through apart for so many agents or versions. */
const APART = 64;

/** A way to runs in the order they started: an index, or a part of it. */
interface Way {
  where: string;
  /** Gone through apart for each of these; `$each` in `where` stands for one. */
  each?: { values: readonly string[]; type: string };
}

/** The walks that may find the runs, from what few runs are to all of them. */
function waysTo({ filters, sought }: Pick<Walk, 'filters' | 'sought'>): Way[] {
  const ways: Way[] = [];
  const eachOf = (column: string, values: readonly string[], type: string, more = '') => {
    if (values.length <= APART) ways.push({ where: `r.${column} = $each${more}`, each: { values, type } });
  };
  if (filters.incident) ways.push({ where: 'r.in_incident' });
  if (filters.unknownTools) ways.push({ where: `r.unknown_tools <> '{}'` });
  if (filters.status.length > 0 && !filters.status.includes('finished'))
    eachOf('status', filters.status, 'text', ` AND r.status <> 'finished'`);
  if (filters.askedOnly) ways.push({ where: 'r.span_count = 0' });
  if (filters.unpriced) ways.push({ where: 'r.unpriced_calls > 0' });
  if (filters.band.length > 0 && !filters.band.includes('low'))
    eachOf('band', filters.band, 'text', ` AND r.band <> 'low' AND r.span_count > 0`);
  if (filters.lane.length > 0 && !filters.lane.includes('allow'))
    eachOf('lane', filters.lane, 'text', ` AND r.lane <> 'allow'`);
  if (filters.breached) ways.push({ where: 'r.breach_count > 0' });
  const versions = sought.versionIds ?? [];
  const agents = sought.agentIds ?? [];
  const ofVersions = () => versions.length > 0 && eachOf('contract_version_id', versions, 'uuid');
  // One agent leads there sooner than the same version of each.
  if (versions.length <= agents.length || agents.length === 0) ofVersions();
  if (agents.length > 0) eachOf('agent_id', agents, 'uuid');
  if (versions.length > agents.length && agents.length > 0) ofVersions();
  ways.push({ where: 'true' });
  // Two that few runs are, and the most general.
  return ways.length <= 3 ? ways : [...ways.slice(0, 2), { where: 'true' }];
}

/** Whether the page will be found among runs that are named already, and tell by itself how many fit. */
export function pageTellsCount(walk: Walk): boolean {
  const named = namedByWords(walk);
  if (noneCan(walk) || fewNamed(walk) !== null) return true;
  return walk.sort === 'started' && named !== null && toldByWords(walk, named) !== null;
}

/** All runs that are named, where each has to be looked at and they are few enough for that. */
function fewNamed(walk: Walk): NamedRuns | null {
  const named = namedByWords(walk);
  if (named === null || !named.counted || named.count < named.total) return null;
  if (named.count > boundsOf(walk).lookedAt) return null;
  return walk.sort === 'started' && onlyWords(walk) ? null : named;
}

/** One page of a walk, read in one state of the database: `client` is in a transaction that keeps it. */
export async function walkRuns(client: Client, walk: Walk): Promise<Walked> {
  if (noneCan(walk)) return { found: [], stopped: null, count: 0 };
  const few = fewNamed(walk);
  if (few !== null) return fetchRuns(client, walk, few.ids);
  const named = namedByWords(walk);
  if (named !== null && walk.sort === 'started') return fromLatest(client, walk, named);
  const ways = waysTo(walk);
  const all: Way = { where: 'true' };
  let stopped: Place | null = null;
  const { near, far: whole } = boundsOf(walk);
  // Where there is one way, nothing is gained by trying it a little.
  for (const far of ways.length === 1 ? [whole] : [near, whole]) {
    if (walk.sort !== 'started') {
      const straight = await goAlong(client, walk, all, far);
      if (straight.stopped === null) return straight;
      stopped = straight.stopped;
      if (far === near) continue;
      for (const way of ways) {
        if (way.where === 'true' && walk.sought.from === null && walk.sought.to === null) continue;
        const ids = await gather(client, walk, way, far);
        if (ids !== null) return fetchRuns(client, walk, ids);
      }
      return straight;
    }
    let furthest: Walked | null = null;
    for (const way of ways) {
      const walked = await goAlong(client, walk, way, far);
      if (walked.stopped === null) return walked;
      if ((way.each?.values.length ?? 1) === 1) furthest ??= walked;
    }
    if (far === whole && furthest !== null) return furthest;
  }
  return { found: [], stopped, count: null };
}

/** The entries of a way's index, in the order of the sort or of the start. */
function entries(walk: Walk, way: Way, values: SqlValues, inOrder: boolean): { sql: string; order: string } {
  const sort = inOrder ? walk.sort : 'started';
  const { expression, type } = SORTS[sort];
  const direction = inOrder && walk.ascending ? 'ASC' : 'DESC';
  const parts = [ownWorkspace(walk, values)];
  if (way.where !== 'true') parts.push(way.where);
  if (sort === 'started') {
    if (walk.sought.from !== null) parts.push(`r.started_at >= ${values.add(walk.sought.from)}::timestamptz`);
    if (walk.sought.to !== null) parts.push(`r.started_at < ${values.add(walk.sought.to)}::timestamptz`);
  }
  if (inOrder && walk.cursor !== null)
    parts.push(
      `(${expression}, r.id) ${walk.ascending ? '>' : '<'} (${values.add(walk.cursor.value)}::${type}, ${values.add(walk.cursor.id)}::uuid)`,
    );
  return {
    sql: `SELECT r.id, ${expression} AS v, r.marks FROM run r WHERE ${parts.join(' AND ')}
      ORDER BY ${expression} ${direction}, r.id ${direction}`,
    order: `v ${direction}, id ${direction}`,
  };
}

function ownWorkspace({ actor }: Walk, values: SqlValues): string {
  return `r.workspace_id = ${values.add(actor.workspaceId)}`;
}

/** One SELECT for each of a way's values, together. */
function forEach(way: Way, values: SqlValues, one: string): string {
  if (way.each === undefined) return one;
  const { values: each, type } = way.each;
  if (each.length === 1) return one.replaceAll('$each', `${values.add(each[0])}::${type}`);
  return `SELECT o.* FROM unnest(${values.add(each)}::${type}[]) AS e(one) CROSS JOIN LATERAL (${one.replaceAll('$each', 'e.one')}) AS o`;
}

/** What may fit by its marks. */
function marksOf({ actor, filters, sought }: Walk, values: SqlValues): string {
  const ofKey = actor.kind === 'key' && actor.agentId !== null ? [actor.agentId] : null;
  const marks = marksThatFit('g.marks', filters, { ...sought, agentIds: sought.agentIds ?? ofKey }, values);
  const named = namedByWords({ sought });
  return named === null ? marks : `${marks} AND g.id = ANY(${values.add(named.ids)}::uuid[])`;
}

/** Whether the marks, on that way, tell all there is to know but for words that are met on the way. */
function marksTell({ actor, sought }: Walk, way: Way, byStart: boolean): boolean {
  const anyAgent = sought.agentIds === null && (actor.kind !== 'key' || actor.agentId === null);
  return (
    (anyAgent || (sought.agentIds !== null && actor.kind !== 'key' && way.where.startsWith('r.agent_id'))) &&
    (sought.versionIds === null || way.where.startsWith('r.contract_version_id')) &&
    (byStart || (sought.from === null && sought.to === null))
  );
}

/** How far a way is gone, and whether the marks alone tell there what fits. */
function reach(walk: Walk, way: Way, inOrder: boolean, far: number) {
  const tell = marksTell(walk, way, !inOrder || walk.sort === 'started');
  return { each: Math.ceil(far / countOf(way)), tell, exact: tell && looked(walk).sought.words === null };
}

/** The first that fit on a way, in its order. */
function fitOn(walk: Walk, way: Way, values: SqlValues, inOrder: boolean, far: number, limit: number) {
  const { each, tell, exact } = reach(walk, way, inOrder, far);
  const { sql, order } = entries(walk, way, values, inOrder);
  const mayFit = `SELECT g.id, g.v FROM (${sql} LIMIT ${each}) AS g WHERE ${marksOf(walk, values)} ORDER BY ${order}`;
  const fit = exact
    ? `${mayFit} LIMIT ${limit}`
    : `SELECT m.id, m.v FROM (${mayFit} LIMIT ${boundsOf(walk).lookedAt}) AS m WHERE ${fits(walk, values, 'm.id', tell)}
        ORDER BY ${order} LIMIT ${limit}`;
  return { sql: forEach(way, values, fit), order };
}

/** Where one stops who has gone through all of that: the last entry, or the last run that was looked at. None where the way ends. */
function stopsOn(walk: Walk, way: Way, values: SqlValues, inOrder: boolean, far: number) {
  const { each, exact } = reach(walk, way, inOrder, far);
  const { sql, order } = entries(walk, way, values, inOrder);
  const stops = [`(SELECT g.id, g.v FROM (${sql} OFFSET ${each - 1} LIMIT 1) AS g)`];
  if (!exact)
    stops.push(
      `(SELECT g.id, g.v FROM (${sql} LIMIT ${each}) AS g WHERE ${marksOf(walk, values)}
         ORDER BY ${order} OFFSET ${boundsOf(walk).lookedAt - 1} LIMIT 1)`,
    );
  const first = `SELECT p.id, p.v FROM (${stops.join(' UNION ALL ')}) AS p ORDER BY ${order} LIMIT 1`;
  return { sql: forEach(way, values, first), order };
}

/** Through an index in the order of the page. */
async function goAlong(client: Client, walk: Walk, way: Way, far: number): Promise<Walked> {
  const { type, exact: exactly } = SORTS[walk.sort];
  const values = new SqlValues();
  const fit = fitOn(walk, way, values, true, far, walk.limit);
  const { rows } = await client.query<Place>(
    `SELECT f.id, ${exactly('f.v')} AS value FROM (${fit.sql}) AS f ORDER BY ${fit.order} LIMIT ${walk.limit}`,
    values.list,
  );
  const last = rows.length === walk.limit ? rows.at(-1) : undefined;
  if (last !== undefined && countOf(way) === 1) return { found: rows, stopped: null, count: null };
  // Asked for by itself, and only now: numbering the entries takes longer than going along them once more. There is no stop where the
  // page was full before.
  const probe = new SqlValues();
  const stops = stopsOn(walk, way, probe, true, far);
  const before =
    last === undefined
      ? ''
      : `WHERE (p.v, p.id) ${walk.ascending ? '<' : '>'} (${probe.add(last.value)}::${type}, ${probe.add(last.id)}::uuid)`;
  const stop = await client.query<Place>(
    `SELECT p.id, ${exactly('p.v')} AS value FROM (${stops.sql}) AS p ${before} ORDER BY ${stops.order} LIMIT 1`,
    probe.list,
  );
  return { found: rows, stopped: stop.rows[0] ?? null, count: null };
}

/** All that may fit on a way, by id; null where it is too long, or they are too many. */
async function gather(client: Client, walk: Walk, way: Way, far: number): Promise<string[] | null> {
  const values = new SqlValues();
  const { sql } = entries(walk, way, values, false);
  const each = Math.ceil(far / countOf(way));
  const all = forEach(way, values, `(${sql} LIMIT ${each + 1})`);
  const { rows } = await client.query<{ read: number; ids: string[] }>(
    `SELECT count(*) AS read, coalesce((array_agg(g.id) FILTER (WHERE ${marksOf(walk, values)}))[1:${boundsOf(walk).lookedAt + 1}], '{}') AS ids
       FROM (${all}) AS g`,
    values.list,
  );
  const { read = 0, ids = [] } = rows[0] ?? {};
  return read > each || ids.length > boundsOf(walk).lookedAt ? null : ids;
}

/** That a run of that id fits, looked at by itself. */
function fits(walk: Walk, values: SqlValues, id: string, marksTold: boolean): string {
  const { actor, filters, sought } = looked(walk);
  // Where the marks tell all but the words, the run itself need not be read.
  if (marksTold && sought.words !== null && sought.words !== 'none')
    return wordsFit(sought.words, values, id);
  return `EXISTS (SELECT FROM run r WHERE r.id = ${id} AND ${fitting(actor, filters, sought, values)} OFFSET 0)`;
}

const countOf = (way: Way) => way.each?.values.length ?? 1;

/**
 * How many runs fit, up to `cap`: `exact` where they were all counted. Counts along the ways to them, half as far as a page goes.
 */
export async function countRuns(
  client: Client,
  whole: Walk,
  cap: number,
): Promise<{ count: number; exact: boolean }> {
  if (noneCan(whole)) return { count: 0, exact: true };
  const named = namedByWords(whole);
  if (named !== null) return countNamed(client, whole, named, cap);
  const bounds = boundsOf(whole);
  const far = Math.min(COUNTED, bounds.far);
  const walk = { ...whole, bounds: { ...bounds, lookedAt: Math.ceil(bounds.lookedAt / 2) } };
  let most = 0;
  for (const way of waysTo(walk)) {
    const values = new SqlValues();
    const { rows } = await client.query<{ count: number }>(
      `SELECT count(*) AS count FROM (${allOn(walk, way, values, far, cap)}) AS counted`,
      values.list,
    );
    most = Math.max(most, rows[0]?.count ?? 0);
    if (most >= cap) return { count: cap, exact: false };
    const probe = new SqlValues();
    const stops = await client.query(
      `SELECT FROM (${stopsOn(walk, way, probe, false, far).sql}) AS p LIMIT 1`,
      probe.list,
    );
    if (stops.rows.length === 0) return { count: most, exact: true };
    // Another way has no fewer runs to look at one by one.
    if (looked(walk).sought.words !== null) break;
  }
  return { count: most, exact: false };
}

/** A row for each run that fits on a way, in any order, `cap` at most. */
function allOn(walk: Walk, way: Way, values: SqlValues, far: number, cap: number): string {
  const { words } = looked(walk).sought;
  const { each, tell } = reach(walk, way, false, far);
  if (!tell || words === null || words === 'none' || words.waitingIds.length > 0)
    return `SELECT FROM (${fitOn(walk, way, values, false, far, cap).sql}) AS f LIMIT ${cap}`;
  // The words of all that may fit at once: the index is gone down once for many that lie side by side.
  const { sql, order } = entries(walk, way, values, false);
  const mayFit = `SELECT g.id FROM (${sql} LIMIT ${each}) AS g WHERE ${marksOf(walk, values)} ORDER BY ${order} LIMIT ${boundsOf(walk).lookedAt}`;
  return `SELECT FROM run_words w WHERE w.run_id = ANY(ARRAY(${forEach(way, values, mayFit)}))
    AND w.words @@ ${values.add(words.query)}::tsquery LIMIT ${cap}`;
}
