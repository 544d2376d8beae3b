/** Finds the runs of a page among runs that are named already, and counts them. */

import { SqlValues } from '@/lib/db/sql-values';
import { beyondCursor, type NamedRuns } from './named-runs';
import { fitting } from './run-conditions';
import { SORTS } from './run-sorts';
import { boundsOf, type Client, looked, onlyWords, type Place, type Walk, type Walked } from './run-walk';

/** The page among runs that may fit, each named once or oftener; all that fit are among them. */
export async function fetchRuns(
  client: Client,
  walk: Walk,
  ids: readonly string[] | string,
): Promise<Walked> {
  const values = new SqlValues();
  const where = fitting(walk.actor, walk.filters, looked(walk).sought, values);
  const { expression, exact, type } = SORTS[walk.sort];
  const direction = walk.ascending ? 'ASC' : 'DESC';
  const beyond =
    walk.cursor === null
      ? ''
      : `WHERE (f.v, f.id) ${walk.ascending ? '>' : '<'} (${values.add(walk.cursor.value)}::${type}, ${values.add(walk.cursor.id)}::uuid)`;
  const { rows } = await client.query<{ count: number; id: string | null; value: string }>(
    `WITH fitting AS MATERIALIZED (
       SELECT r.id, r.v FROM (SELECT DISTINCT unnest(${values.add(ids)}::uuid[]) AS id) AS may
         CROSS JOIN LATERAL (SELECT r.id, ${expression} AS v FROM run r WHERE r.id = may.id AND ${where} OFFSET 0) AS r)
     SELECT c.count, p.id, ${exact('p.v')} AS value FROM (SELECT count(*) AS count FROM fitting) AS c
       LEFT JOIN (SELECT f.id, f.v FROM fitting AS f ${beyond} ORDER BY f.v ${direction}, f.id ${direction} LIMIT ${walk.limit}) AS p ON true
      ORDER BY p.v ${direction}, p.id ${direction}`,
    values.list,
  );
  return {
    found: rows.flatMap(({ id, value }) => (id === null ? [] : { id, value })),
    stopped: null,
    count: rows[0]?.count ?? null,
  };
}

/** Those of named runs that may be on the page, in its order. Where a run began may have changed since it was written down. */
function inOrder(walk: Walk, { ids, starts }: NamedRuns, values: SqlValues): { sql: string; order: string } {
  const { cursor, ascending } = walk;
  const beyond = cursor === null ? '' : `WHERE ${beyondCursor(values, cursor, ascending)}`;
  const direction = ascending ? 'ASC' : 'DESC';
  const order = `us ${direction}, id ${direction}`;
  return {
    sql: `SELECT n.us, n.id FROM unnest(${values.add(ids)}::uuid[], ${values.add(starts)}::bigint[]) AS n(id, us)
      ${beyond} ORDER BY ${order} LIMIT ${boundsOf(walk).lookedAt}`,
    order,
  };
}

/** Named runs that fit, of those in order; `c` is where one was said to begin. */
function fittingOf(walk: Walk, values: SqlValues): string {
  return `SELECT r.started_at AS v FROM run r WHERE r.id = c.id AND epoch_us(r.started_at) = c.us
    AND ${fitting(walk.actor, walk.filters, looked(walk).sought, values)} OFFSET 0`;
}

/** How many of named runs fit, where nothing but words is asked for and they were counted. */
export function toldByWords(walk: Walk, { total, counted }: NamedRuns): number | null {
  return counted && onlyWords(walk) ? total : null;
}

/** Among thousands of named runs, the next in the order of the list until the page is full. */
export async function fromLatest(client: Client, walk: Walk, named: NamedRuns): Promise<Walked> {
  const { exact } = SORTS.started;
  const count = toldByWords(walk, named);
  const values = new SqlValues();
  const { sql, order } = inOrder(walk, named, values);
  const { rows } = await client.query<Place>(
    `SELECT c.id, ${exact('f.v')} AS value FROM (${sql}) AS c CROSS JOIN LATERAL (${fittingOf(walk, values)}) AS f
      ORDER BY ${order} LIMIT ${walk.limit}`,
    values.list,
  );
  if (rows.length === walk.limit) return { found: rows, stopped: null, count };
  const probe = new SqlValues();
  const along = inOrder(walk, named, probe);
  const last = named.cut ? named.count : boundsOf(walk).lookedAt;
  const stop = await client.query<Place>(
    `SELECT c.id, ${exact("('epoch'::timestamptz + c.us * interval '1 microsecond')")} AS value
       FROM (${along.sql}) AS c ORDER BY ${along.order} OFFSET ${last - 1} LIMIT 1`,
    probe.list,
  );
  return { found: rows, stopped: stop.rows[0] ?? null, count };
}

/** How many of thousands of named runs fit, among as many as are looked at. */
export async function countNamed(
  client: Client,
  walk: Walk,
  named: NamedRuns,
  cap: number,
): Promise<{ count: number; exact: boolean }> {
  if (onlyWords(walk))
    return { count: named.counted ? named.total : Math.min(named.total, cap), exact: named.counted };
  const values = new SqlValues();
  const { sql } = inOrder({ ...walk, cursor: null, ascending: false }, named, values);
  const { rows } = await client.query<{ read: number; count: number }>(
    `WITH c AS MATERIALIZED (${sql})
     SELECT (SELECT count(*) FROM c) AS read,
            (SELECT count(*) FROM (SELECT FROM c CROSS JOIN LATERAL (${fittingOf(walk, values)}) AS f LIMIT ${cap}) AS counted) AS count`,
    values.list,
  );
  const { read = 0, count = 0 } = rows[0] ?? {};
  return { count, exact: count < cap && read < boundsOf(walk).lookedAt };
}
