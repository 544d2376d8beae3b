import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { db } from '@/lib/db/pool';
import { ownRuns, RUN_FROM, runsThatFit, SqlValues } from './run-conditions';
import { decodeCursor } from './run-cursor';
import { type RunFilters, runPageSchema } from './run-filters';
import { RUN_COLUMNS, type RunRecord, type RunRow, toRunRow } from './run-row';
import { SORTS } from './run-sorts';

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
  /**
   * How many runs fit the filters and arrived since, or fit only since then and would stand on this first page.
   * Counted to 1,000.
   */
  newRuns: number;
  /** The runs on screen as they are now; one that is gone is missing. */
  rows: RunRow[];
}

/** What changed under a list somebody is reading: fresh rows for its places, and how many would be added. */
export async function listRunChanges(
  actor: Actor,
  filters: RunFilters,
  since: Date,
  ids: readonly string[],
  page?: PageOnScreen,
): Promise<RunChanges> {
  authorize(actor, 'run.read', { workspaceId: actor.workspaceId });
  const counting = new SqlValues();
  const where = await runsThatFit(actor, filters, counting);
  const fits = (condition: string) => `(SELECT r.id FROM run r WHERE ${where} AND ${condition} LIMIT 1000)`;
  const wanted = [fits(`r.received_at > ${counting.add(since)}`)];
  if (page?.end !== undefined)
    // A run may come to fit long after it arrived: by a call that is refused, a breach, a cost.
    wanted.push(fits(`r.id <> ALL(${counting.add(ids)}::uuid[])${upTo(page, page.end, counting)}`));
  const reading = new SqlValues();
  const own = ownRuns(actor, reading);
  const [counted, read] = await Promise.all([
    db().query<{ count: number }>(
      `SELECT least(count(*), 1000) AS count FROM (${wanted.join(' UNION ')}) AS matching`,
      counting.list,
    ),
    db().query<RunRecord>(
      `SELECT ${RUN_COLUMNS} FROM ${RUN_FROM} WHERE ${own} AND r.id = ANY(${reading.add(ids)}::uuid[])`,
      reading.list,
    ),
  ]);
  return { newRuns: counted.rows[0]?.count ?? 0, rows: read.rows.map(toRunRow) };
}

/** Only what is sorted before the end of the page. */
function upTo({ sort, order }: PageOnScreen, end: string, values: SqlValues): string {
  if (end === '') return '';
  const { expression, type } = SORTS[sort];
  const { value, id } = decodeCursor(end, sort, order);
  return ` AND (${expression}, r.id) ${order === 'asc' ? '<' : '>'} (${values.add(value)}::${type}, ${values.add(id)}::uuid)`;
}
