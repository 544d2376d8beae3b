/**
 * Finds the runs of a page in bounded time, whatever the filters and the sort. Every index of the list has the marks of its runs
 * (run-marks.ts), so going through it costs a ten-thousandth of a millisecond a run, and only what may fit is looked at. Which index
 * leads there soonest nobody knows beforehand: each that can is gone through a little way, then a longer one. Where none comes to an
 * end, the page has what was found up to a place, and the next begins there: no run is left out, and none is met twice.
 */
import type { PoolClient } from 'pg';
import type { Actor } from '@/lib/auth/actor';
import { fitting, type Sought, SqlValues } from './run-conditions';
import type { RunFilters, RunSort } from './run-filters';
import { marksThatFit } from './run-marks';
import { SORTS } from './run-sorts';
import { wordsFit } from './words-sought';

type Client = Pick<PoolClient, 'query'>;

/** How much work a page may be. */
export interface Bounds {
  /** So many entries of an index are gone through, at first and then. */
  near: number;
  far: number;
  /** So many runs that may fit are looked at, where the index alone does not tell. */
  lookedAt: number;
}
const BOUNDS: Bounds = { near: 6000, far: 60_000, lookedAt: 3000 };
/** An index is gone through apart for so many agents or versions. */
const APART = 64;

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
interface Walked {
  found: Place[];
  /** Where it stopped, having looked at as many as a page may; null: it has `limit` runs, or there are no more. */
  stopped: Place | null;
  /** How many runs fit in all, where that was found on the way. */
  count: number | null;
}

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

/** One page of a walk, read in one state of the database: `client` is in a transaction that keeps it. */
export async function walkRuns(client: Client, walk: Walk): Promise<Walked> {
  if (noneCan(walk)) return { found: [], stopped: null, count: 0 };
  const named = namedByWords(walk);
  if (named !== null && named.length <= boundsOf(walk).lookedAt) return fetchRuns(client, walk, named);
  const ways = waysTo(walk);
  const all: Way = { where: 'true' };
  let stopped: Place | null = null;
  const { near, far: whole } = boundsOf(walk);
  for (const far of [near, whole]) {
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
  const marks = marksThatFit('s.marks', filters, { ...sought, agentIds: sought.agentIds ?? ofKey }, values);
  const named = namedByWords({ sought });
  return named === null ? marks : `${marks} AND s.id = ANY(${values.add(named)}::uuid[])`;
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

/** Through an index in the order of the page. */
async function goAlong(client: Client, walk: Walk, way: Way, far: number): Promise<Walked> {
  const { type, exact: exactly } = SORTS[walk.sort];
  const each = Math.ceil(far / countOf(way));
  const values = new SqlValues();
  const { sql, order } = entries(walk, way, values, true);
  const tell = marksTell(walk, way, walk.sort === 'started');
  const exact = tell && looked(walk).sought.words === null;
  const mayFit = `SELECT s.id, s.v FROM (${sql} LIMIT ${each}) AS s WHERE ${marksOf(walk, values)} ORDER BY ${order}`;
  const fit = exact
    ? `${mayFit} LIMIT ${walk.limit}`
    : `SELECT m.id, m.v FROM (${mayFit} LIMIT ${boundsOf(walk).lookedAt}) AS m WHERE ${fits(walk, values, 'm.id', tell)}
        ORDER BY ${order} LIMIT ${walk.limit}`;
  const { rows } = await client.query<Place>(
    `SELECT f.id, ${exactly('f.v')} AS value FROM (${forEach(way, values, fit)}) AS f ORDER BY ${order} LIMIT ${walk.limit}`,
    values.list,
  );
  const last = rows.length === walk.limit ? rows.at(-1) : undefined;
  if (last !== undefined && countOf(way) === 1) return { found: rows, stopped: null, count: null };
  // It stopped at the last entry it went through, or the last run it looked at: unless the page was full before.
  const probe = new SqlValues();
  const along = entries(walk, way, probe, true).sql;
  const ends = [`(SELECT s.id, s.v FROM (${along} OFFSET ${each - 1} LIMIT 1) AS s)`];
  if (!exact)
    ends.push(
      `(SELECT s.id, s.v FROM (${along} LIMIT ${each}) AS s WHERE ${marksOf(walk, probe)}
         ORDER BY ${order} OFFSET ${boundsOf(walk).lookedAt - 1} LIMIT 1)`,
    );
  const end = `SELECT p.id, p.v FROM (${ends.join(' UNION ALL ')}) AS p ORDER BY ${order} LIMIT 1`;
  const before =
    last === undefined
      ? ''
      : `WHERE (p.v, p.id) ${walk.ascending ? '<' : '>'} (${probe.add(last.value)}::${type}, ${probe.add(last.id)}::uuid)`;
  const stop = await client.query<Place>(
    `SELECT p.id, ${exactly('p.v')} AS value FROM (${forEach(way, probe, end)}) AS p ${before} ORDER BY ${order} LIMIT 1`,
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
    `SELECT count(*) AS read, coalesce((array_agg(s.id) FILTER (WHERE ${marksOf(walk, values)}))[1:${boundsOf(walk).lookedAt + 1}], '{}') AS ids
       FROM (${all}) AS s`,
    values.list,
  );
  const { read = 0, ids = [] } = rows[0] ?? {};
  return read > each || ids.length > boundsOf(walk).lookedAt ? null : ids;
}

/** The page among runs that may fit; all that fit are among them. */
async function fetchRuns(client: Client, walk: Walk, ids: readonly string[]): Promise<Walked> {
  const values = new SqlValues();
  const where = fitting(walk.actor, walk.filters, looked(walk).sought, values);
  const { expression, exact, type } = SORTS[walk.sort];
  const direction = walk.ascending ? 'ASC' : 'DESC';
  const beyond =
    walk.cursor === null
      ? ''
      : `WHERE (f.v, f.id) ${walk.ascending ? '>' : '<'} (${values.add(walk.cursor.value)}::${type}, ${values.add(walk.cursor.id)}::uuid)`;
  const { rows } = await client.query<Place & { count: number }>(
    `WITH fitting AS MATERIALIZED (
       SELECT r.id, r.v FROM unnest(${values.add(ids)}::uuid[]) AS may(id)
         CROSS JOIN LATERAL (SELECT r.id, ${expression} AS v FROM run r WHERE r.id = may.id AND ${where} OFFSET 0) AS r)
     SELECT f.id, ${exact('f.v')} AS value, (SELECT count(*) FROM fitting) AS count FROM fitting AS f ${beyond}
      ORDER BY f.v ${direction}, f.id ${direction} LIMIT ${walk.limit}`,
    values.list,
  );
  return {
    found: rows.map(({ id, value }) => ({ id, value })),
    stopped: null,
    count: rows[0]?.count ?? null,
  };
}

/** That a run of that id fits, looked at by itself. */
function fits(walk: Walk, values: SqlValues, id: string, marksTold: boolean): string {
  const { actor, filters, sought } = looked(walk);
  // Where the marks tell all but the words, the run itself need not be read.
  if (marksTold && sought.words !== null && sought.words !== 'none')
    return wordsFit(sought.words, values, id);
  return `EXISTS (SELECT FROM run r WHERE r.id = ${id} AND ${fitting(actor, filters, sought, values)} OFFSET 0)`;
}

/** The runs that have the words, where those were looked up. */
function namedByWords({ sought: { words } }: Pick<Walk, 'sought'>): string[] | null {
  if (words === null || words === 'none' || words.runIds === null) return null;
  return [...new Set([...words.runIds, ...words.waitingIds])];
}
/** What is still to be looked at of a run that has them. */
const looked = ({ sought, ...walk }: Walk) => ({
  ...walk,
  sought: namedByWords({ sought }) === null ? sought : { ...sought, words: null },
});
/** What is named is not there. */
function noneCan({ sought: { agentIds, versionIds, words } }: Walk): boolean {
  return words === 'none' || agentIds?.length === 0 || versionIds?.length === 0;
}
const boundsOf = (walk: Walk) => walk.bounds ?? BOUNDS;
const countOf = (way: Way) => way.each?.values.length ?? 1;

/**
 * How many runs fit, up to `cap`: `exact` where they were all counted. Counts along the ways to them as far as a page goes.
 */
export async function countRuns(
  client: Client,
  walk: Walk,
  cap: number,
): Promise<{ count: number; exact: boolean }> {
  if (noneCan(walk)) return { count: 0, exact: true };
  let most = 0;
  for (const way of waysTo(walk)) {
    const each = Math.ceil(boundsOf(walk).far / countOf(way));
    const values = new SqlValues();
    const { sql, order } = entries(walk, way, values, false);
    const tell = marksTell(walk, way, true);
    const exact = tell && looked(walk).sought.words === null;
    const may = marksOf(walk, values);
    const mayFit = `SELECT s.id FROM (${sql} LIMIT ${each}) AS s WHERE ${may} ORDER BY ${order}`;
    const fit = exact
      ? `${mayFit} LIMIT ${cap}`
      : `SELECT m.id FROM (${mayFit} LIMIT ${boundsOf(walk).lookedAt}) AS m WHERE ${fits(walk, values, 'm.id', tell)} LIMIT ${cap}`;
    const { rows } = await client.query<{ count: number }>(
      `SELECT count(*) AS count FROM (SELECT FROM (${forEach(way, values, fit)}) AS f LIMIT ${cap}) AS counted`,
      values.list,
    );
    most = Math.max(most, rows[0]?.count ?? 0);
    if (most >= cap) return { count: cap, exact: false };
    if (await ends(client, walk, way, each, exact)) return { count: most, exact: true };
    // Another way has no fewer runs to look at one by one.
    if (looked(walk).sought.words !== null) break;
  }
  return { count: most, exact: false };
}

/** Whether all of a way was gone through, and all that may fit was looked at. */
async function ends(client: Client, walk: Walk, way: Way, each: number, exact: boolean): Promise<boolean> {
  const values = new SqlValues();
  const all = forEach(way, values, `(${entries(walk, way, values, false).sql} LIMIT ${each})`);
  const { rows } = await client.query<{ read: number; may: number }>(
    `SELECT count(*) AS read, count(*) FILTER (WHERE ${marksOf(walk, values)}) AS may FROM (${all}) AS s`,
    values.list,
  );
  const { read = 0, may = 0 } = rows[0] ?? {};
  return read < each && (exact || may <= boundsOf(walk).lookedAt);
}
