import type { PoolClient } from 'pg';
import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { db, transact } from '@/lib/db/pool';
import { SqlValues } from '@/lib/db/sql-values';
import { fitting, lookUp, ownRuns, RUN_FROM } from './run-conditions';
import { decodeCursor, type RunCursor } from './run-cursor';
import { COUNT_CAP, type RunFilters, runPageSchema } from './run-filters';
import { RUN_COLUMNS, type RunRecord, type RunRow, toRunRow } from './run-row';
import { SORTS } from './run-sorts';
import type { Bounds, Place, Walk } from './run-walk';
import { walkRuns } from './walk-runs';

/** Of the runs that arrived since, so many of the latest are looked into: every open list asks this once a second. */
const LATEST = 4000;

export const runChangesSchema = z.object({
  /** What was received after this is new. */
  since: z.iso.datetime({ offset: true }),
  /** The runs on screen, read afresh. */
  ids: z
    .string()
    .max(200 * 37)
    .default('')
    .transform((text) => text.split(',').filter((part) => part !== ''))
    .pipe(z.array(z.uuid()).max(200)),
  sort: runPageSchema.shape.sort,
  order: runPageSchema.shape.order,
  /** Where the page on screen ends: the mark of the next one; empty when it shows all that fit. Absent: not the first page. */
  end: z.string().max(400).optional(),
});
export type PageOnScreen = Pick<z.output<typeof runChangesSchema>, 'sort' | 'order' | 'end'>;

export interface RunChanges {
  /** How many runs fit the filters and arrived since, or fit only since then and would stand on this first page. */
  newRuns: number;
  /** False: there may be more, which are not counted: over 1,000, or so many arrived that only the latest were looked into. */
  exact: boolean;
  /** The runs on screen as they are now; one that is gone is missing. */
  rows: RunRow[];
}

/** What changed under a list somebody is reading: fresh rows for its places, and how many would be added. In bounded time. */
export async function listRunChanges(
  actor: Actor,
  filters: RunFilters,
  since: Date,
  ids: readonly string[],
  page?: PageOnScreen,
  options: { bounds?: Bounds; latest?: number } = {},
): Promise<RunChanges> {
  authorize(actor, 'run.read', { workspaceId: actor.workspaceId });
  const sought = await lookUp(actor, filters);
  const reading = new SqlValues();
  const own = ownRuns(actor, reading);
  const [changed, read] = await Promise.all([
    transact(async (client) => {
      await client.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
      const walk = { actor, filters, sought, bounds: options.bounds };
      // A run may come to fit long after it arrived: by a call that is refused, a breach, a cost.
      const risen = page?.end === undefined ? [] : await notShown(client, walk, ids, page, page.end);
      const values = new SqlValues();
      const where = fitting(actor, filters, sought, values);
      const came = `FROM run n WHERE n.workspace_id = $1 AND n.received_at > ${values.add(since)} ORDER BY n.received_at DESC`;
      const latest = options.latest ?? LATEST;
      const { rows } = await client.query<{ count: number; more: boolean }>(
        `SELECT count(*) AS count, EXISTS (SELECT ${came} OFFSET ${latest}) AS more FROM (
           SELECT FROM (SELECT n.id ${came} LIMIT ${latest}) AS came
             CROSS JOIN LATERAL (SELECT FROM run r WHERE r.id = came.id AND ${where} OFFSET 0) AS fit
            WHERE came.id <> ALL(${values.add(risen)}::uuid[]) LIMIT ${COUNT_CAP}) AS counted`,
        values.list,
      );
      const { count = 0, more = false } = rows[0] ?? {};
      const newRuns = Math.min(risen.length + count, COUNT_CAP);
      return { newRuns, exact: !more && newRuns < COUNT_CAP };
    }),
    db().query<RunRecord>(
      `SELECT ${RUN_COLUMNS} FROM ${RUN_FROM} WHERE ${own} AND r.id = ANY(${reading.add(ids)}::uuid[])`,
      reading.list,
    ),
  ]);
  return { ...changed, rows: read.rows.map(toRunRow) };
}

/** The runs not on screen that the first page would have now: all that fit before `end` (a mark; empty: to the last). */
async function notShown(
  client: PoolClient,
  walk: Pick<Walk, 'actor' | 'filters' | 'sought' | 'bounds'>,
  shown: readonly string[],
  { sort, order }: PageOnScreen,
  end: string,
): Promise<string[]> {
  const until = end === '' ? null : decodeCursor(end, sort, order);
  const onScreen = new Set(shown);
  const ascending = order === 'asc';
  const walkTo = async (limit: number) => {
    const { found } = await walkRuns(client, { ...walk, sort, ascending, cursor: null, limit });
    const before = until === null ? found : await upTo(client, found, until);
    return { full: before.length === limit, risen: before.filter(({ id }) => !onScreen.has(id)) };
  };
  // Mostly little has come: one run more than is on screen tells.
  let { full, risen } = await walkTo(onScreen.size + 1);
  if (full) ({ risen } = await walkTo(onScreen.size + COUNT_CAP));
  return risen.map(({ id }) => id);
}

/** Those of the places that are sorted before `until`. */
async function upTo(client: PoolClient, places: readonly Place[], until: RunCursor): Promise<Place[]> {
  const { type } = SORTS[until.sort];
  const { rows } = await client.query<Place>(
    `SELECT p.value, p.id FROM unnest($1::text[], $2::uuid[]) AS p(value, id)
      WHERE (p.value::${type}, p.id) ${until.order === 'asc' ? '<' : '>'} ($3::${type}, $4::uuid)`,
    [places.map(({ value }) => value), places.map(({ id }) => id), until.value, until.id],
  );
  return rows;
}
