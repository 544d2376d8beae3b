import type { PoolClient } from 'pg';
import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { newId } from '@/lib/db/id';
import { notify } from '@/lib/db/notify';
import { transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { appendAudit } from '@/lib/services/audit/append';
import { VIEW_LISTS, type ViewList, viewNameSchema, viewQuery } from './view-query';

export const newViewSchema = z.object({
  list: z.enum(VIEW_LISTS),
  name: viewNameSchema,
  /** The list's address after its question mark. */
  query: z.string().max(4000).default(''),
  shared: z.stringbool().default(false),
});

/** Nobody keeps track of more; a list of views is not an archive. */
const MOST = 50;

/**
 * Keeps what a list shows now under a name: for oneself, or for everybody in the workspace. Throws `conflict` when the
 * name is taken among one's own or among the shared.
 */
export async function saveView(
  actor: Actor,
  input: z.output<typeof newViewSchema>,
): Promise<{ id: string; query: string }> {
  const { workspaceId } = actor;
  const personId = ownerOf(actor, input.shared);
  const id = newId();
  const query = viewQuery(input.list, input.query);
  await transact(async (client) => {
    await lockViews(client, workspaceId, input.list);
    const { rows } = await client.query<{ count: number }>(
      'SELECT count(*) AS count FROM saved_view WHERE workspace_id = $1 AND list = $2 AND person_id = $3',
      [workspaceId, input.list, personId],
    );
    if ((rows[0]?.count ?? 0) >= MOST)
      throw new AppError('conflict', `You keep ${MOST} views of this list already. Remove one first.`);
    await nameIsFree(client, { workspaceId, personId, ...input, id });
    await client.query(
      `INSERT INTO saved_view (id, workspace_id, person_id, list, name, query, shared)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [id, workspaceId, personId, input.list, input.name, query, input.shared],
    );
    await appendAudit(client, [
      {
        workspaceId,
        actor,
        action: 'view.saved',
        subject: `view:${id}`,
        detail: { list: input.list, name: input.name, query, shared: input.shared },
      },
    ]);
    await notify(client, { workspaceId, topic: 'view', id });
  });
  return { id, query };
}

/** The person a view will be of. Throws `forbidden` for whoever may not keep or share one. */
function ownerOf(actor: Actor, shared: boolean): string {
  authorize(actor, 'view.save', { workspaceId: actor.workspaceId });
  if (shared) authorize(actor, 'view.share', { workspaceId: actor.workspaceId });
  if (actor.kind !== 'person') throw new AppError('forbidden', 'Views are kept by people.');
  return actor.personId;
}

/** Two who name a view at once take turns. */
export async function lockViews(client: PoolClient, workspaceId: string, list: ViewList): Promise<void> {
  await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [
    `saved-view ${workspaceId} ${list}`,
  ]);
}

/** Throws `conflict`, at the field, when another view has the name. */
export async function nameIsFree(
  client: PoolClient,
  view: { id: string; workspaceId: string; personId: string; list: ViewList; name: string; shared: boolean },
): Promise<void> {
  const taken = await client.query<{ shared: boolean; mine: boolean }>(
    `SELECT shared, person_id = $3 AS mine FROM saved_view
      WHERE workspace_id = $1 AND list = $2 AND lower(name) = lower($4) AND id <> $6
        AND (person_id = $3 OR (shared AND $5::boolean)) LIMIT 1`,
    [view.workspaceId, view.list, view.personId, view.name, view.shared, view.id],
  );
  const other = taken.rows[0];
  if (other === undefined) return;
  const message = other.mine
    ? 'You have a view of this name already.'
    : 'The workspace shares a view of this name already.';
  throw new AppError('conflict', message, { issues: [{ path: 'name', message }] });
}
