import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { db } from '@/lib/db/pool';
import { countFromSums } from './count-from-sums';
import { RUN_JOINS, runsThatFit, SqlValues, versionsNamed } from './run-conditions';
import { decodeCursor, encodeCursor } from './run-cursor';
import { COUNT_CAP, type RunFilters, type RunPage, type RunSort } from './run-filters';
import { RUN_COLUMNS, type RunRecord, type RunRow, toRunRow } from './run-row';

export interface RunList {
  rows: RunRow[];
  /** Matching runs; where there are more than COUNT_CAP and sums cannot tell, COUNT_CAP + 1. */
  count: number;
  /** False: there are more than COUNT_CAP. */
  exact: boolean;
  next: string | null;
  previous: string | null;
  /** The database's clock when this was read: what was received later is new. */
  asOf: string;
}

const duration = '(extract(epoch FROM r.ended_at - r.started_at) - r.paused_ms / 1000.0)';
/** What each sort compares, and how its value is written into a cursor without losing a digit. */
export const SORTS: Record<RunSort, { expression: string; exact: string; type: string }> = {
  started: {
    expression: 'r.started_at',
    exact: `to_char(r.started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`,
    type: 'timestamptz',
  },
  risk: { expression: 'r.risk', exact: 'r.risk::text', type: 'float8' },
  // What was not scored stands below the lowest score.
  score: { expression: 'coalesce(r.score, -1)', exact: 'coalesce(r.score, -1)::text', type: 'float8' },
  cost: { expression: 'r.cost_usd', exact: 'r.cost_usd::text', type: 'float8' },
  duration: { expression: duration, exact: `${duration}::text`, type: 'numeric' },
};

/** One page of runs by keyset: rows that arrive meanwhile shift nothing, however deep the page. */
export async function listRuns(
  actor: Actor,
  filters: RunFilters,
  page: RunPage,
  options: { count?: boolean } = {},
): Promise<RunList> {
  authorize(actor, 'run.read', { workspaceId: actor.workspaceId });
  const backwards = page.before !== '';
  const token = backwards ? page.before : page.after;
  const { expression, exact, type } = SORTS[page.sort];
  // Walking back reads in the opposite order and turns the page round afterwards.
  const ascending = (page.order === 'asc') !== backwards;
  const cursor = token === '' ? null : decodeCursor(token, page.sort, page.order);

  const values = new SqlValues();
  const where = await runsThatFit(actor, filters, values);
  const [counted, clock] = await Promise.all([
    options.count === false ? Promise.resolve(0) : countRuns(where, values.list),
    db().query<{ now: Date }>('SELECT clock_timestamp() AS now'),
  ]);
  // More than one counts: the sums of the pages that lead here may tell.
  const summed = counted > COUNT_CAP ? await countFromSums(actor, filters) : null;
  let beyond = '';
  if (cursor !== null) {
    beyond = ` AND (${expression}, r.id) ${ascending ? '>' : '<'} (${values.add(cursor.value)}::${type}, ${values.add(cursor.id)}::uuid)`;
  }
  const direction = ascending ? 'ASC' : 'DESC';
  const order = `${expression} ${direction}, r.id ${direction}`;
  const limit = values.add(page.limit + 1);
  const pageOf = (version: string) =>
    `SELECT r.* FROM run r WHERE ${where}${beyond}${version} ORDER BY ${order} LIMIT ${limit}`;
  // Of several versions each gives its page, in the order of its index; together they are sorted again.
  const versions = page.sort === 'started' ? await versionsNamed(actor, filters) : null;
  const found =
    versions !== null && versions.length > 1
      ? `SELECT r.* FROM unnest(${values.add(versions)}::uuid[]) AS named
           CROSS JOIN LATERAL (${pageOf(' AND r.contract_version_id = named')}) AS r ORDER BY ${order} LIMIT ${limit}`
      : pageOf('');
  const { rows } = await db().query<RunRecord & { sort_value: string }>(
    `SELECT ${RUN_COLUMNS}, ${exact} AS sort_value
       FROM (${found}) AS r ${RUN_JOINS} ORDER BY ${order}`,
    values.list,
  );
  const more = rows.length > page.limit;
  const shown = rows.slice(0, page.limit);
  if (backwards) shown.reverse();
  const mark = (row: (typeof shown)[number] | undefined) =>
    row === undefined
      ? null
      : encodeCursor({ sort: page.sort, order: page.order, value: row.sort_value, id: row.id });
  return {
    rows: shown.map(toRunRow),
    count: summed ?? counted,
    exact: summed !== null || counted <= COUNT_CAP,
    next: backwards || more ? mark(shown.at(-1)) : null,
    previous: (backwards ? more : token !== '') ? mark(shown[0]) : null,
    asOf: (clock.rows[0]?.now ?? new Date(0)).toISOString(),
  };
}

async function countRuns(where: string, values: readonly unknown[]): Promise<number> {
  const { rows } = await db().query<{ count: number }>(
    `SELECT count(*) AS count FROM (SELECT 1 FROM run r WHERE ${where} LIMIT ${COUNT_CAP + 1}) AS matching`,
    [...values],
  );
  return rows[0]?.count ?? 0;
}
