import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { db } from '@/lib/db/pool';
import { RUN_COLUMN_NAMES } from '@/lib/services/runs/run-columns';
import { VIEW_LISTS } from './view-query';

export const columnsSchema = z.object({
  list: z.enum(VIEW_LISTS),
  /** Empty: back to the usual ones. */
  columns: z.array(z.enum(RUN_COLUMN_NAMES)).max(RUN_COLUMN_NAMES.length),
});

/** Keeps the columns a person wants to see of a list. How somebody's screen looks is no matter of record, so no audit. */
export async function chooseColumns(actor: Actor, input: z.output<typeof columnsSchema>): Promise<void> {
  authorize(actor, 'view.save', { workspaceId: actor.workspaceId });
  if (actor.kind !== 'person') return;
  const of = [actor.workspaceId, actor.personId, input.list];
  if (input.columns.length === 0)
    await db().query('DELETE FROM list_layout WHERE workspace_id = $1 AND person_id = $2 AND list = $3', of);
  else
    await db().query(
      `INSERT INTO list_layout (workspace_id, person_id, list, columns) VALUES ($1, $2, $3, $4)
       ON CONFLICT (workspace_id, person_id, list) DO UPDATE SET columns = excluded.columns`,
      [...of, input.columns],
    );
}
