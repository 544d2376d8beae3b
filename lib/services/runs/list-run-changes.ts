import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { db } from '@/lib/db/pool';
import { RUN_FROM, runConditions, SqlValues } from './run-conditions';
import { NO_RUN_FILTERS, type RunFilters } from './run-filters';
import { RUN_COLUMNS, type RunRecord, type RunRow, toRunRow } from './run-row';

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
});

export interface RunChanges {
  /** How many runs fit the filters and arrived since. Counted to 1,000. */
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
): Promise<RunChanges> {
  authorize(actor, 'run.read', { workspaceId: actor.workspaceId });
  const counting = new SqlValues();
  const where = runConditions(actor, filters, counting);
  const reading = new SqlValues();
  const own = runConditions(actor, NO_RUN_FILTERS, reading);
  const [counted, read] = await Promise.all([
    db().query<{ count: number }>(
      `SELECT count(*) AS count FROM (
         SELECT 1 FROM ${RUN_FROM} WHERE ${where} AND r.received_at > ${counting.add(since)} LIMIT 1000) AS matching`,
      counting.list,
    ),
    db().query<RunRecord>(
      `SELECT ${RUN_COLUMNS} FROM ${RUN_FROM} WHERE ${own} AND r.id = ANY(${reading.add(ids)}::uuid[])`,
      reading.list,
    ),
  ]);
  return { newRuns: counted.rows[0]?.count ?? 0, rows: read.rows.map(toRunRow) };
}
