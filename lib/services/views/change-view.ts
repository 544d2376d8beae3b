import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { authorize, can } from '@/lib/auth/can';
import { notify } from '@/lib/db/notify';
import { transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { appendAudit } from '@/lib/services/audit/append';
import { lockViews, nameIsFree } from './save-view';
import { VIEW_LISTS, viewNameSchema, viewQuery } from './view-query';

export const viewChangeSchema = z.object({
  id: z.string(),
  name: viewNameSchema.optional(),
  /** What it shows from now on: the list's address after its question mark. */
  query: z.string().max(4000).optional(),
  shared: z.stringbool().optional(),
});

const noSuchView = () => new AppError('not_found', 'This view is gone, or it is not yours.');

interface Found {
  person_id: string;
  list: string;
  name: string;
  query: string;
  shared: boolean;
}

/** Renames a view, shares it or takes it back, or lets it show something else: its owner, or who looks after shared ones. */
export async function changeView(actor: Actor, input: z.output<typeof viewChangeSchema>): Promise<void> {
  const { workspaceId } = actor;
  authorize(actor, 'view.save', { workspaceId });
  if (!z.uuid().safeParse(input.id).success) throw noSuchView();
  await transact(async (client) => {
    const { rows } = await client.query<Found>(
      `SELECT person_id, list, name, query, shared FROM saved_view
        WHERE id = $1 AND workspace_id = $2 FOR UPDATE`,
      [input.id, workspaceId],
    );
    const before = rows[0];
    if (before === undefined || !mayChange(actor, before)) throw noSuchView();
    const list = z.enum(VIEW_LISTS).parse(before.list);
    const after = {
      name: input.name ?? before.name,
      query: input.query === undefined ? before.query : viewQuery(list, input.query),
      shared: input.shared ?? before.shared,
    };
    if (after.shared && !before.shared) authorize(actor, 'view.share', { workspaceId });
    await lockViews(client, workspaceId, list);
    await nameIsFree(client, { id: input.id, workspaceId, personId: before.person_id, list, ...after });
    await client.query(
      `UPDATE saved_view SET name = $2, query = $3, shared = $4, updated_at = now() WHERE id = $1`,
      [input.id, after.name, after.query, after.shared],
    );
    await appendAudit(client, [
      {
        workspaceId,
        actor,
        action: 'view.changed',
        subject: `view:${input.id}`,
        detail: { list, before: { name: before.name, query: before.query, shared: before.shared }, after },
      },
    ]);
    await notify(client, { workspaceId, topic: 'view', id: input.id });
  });
}

/** Takes a view away; the runs it showed stay. */
export async function removeView(actor: Actor, id: string): Promise<void> {
  const { workspaceId } = actor;
  authorize(actor, 'view.save', { workspaceId });
  if (!z.uuid().safeParse(id).success) throw noSuchView();
  await transact(async (client) => {
    const { rows } = await client.query<Found>(
      `SELECT person_id, list, name, query, shared FROM saved_view
        WHERE id = $1 AND workspace_id = $2 FOR UPDATE`,
      [id, workspaceId],
    );
    const view = rows[0];
    if (view === undefined || !mayChange(actor, view)) throw noSuchView();
    await client.query('DELETE FROM saved_view WHERE id = $1', [id]);
    await appendAudit(client, [
      {
        workspaceId,
        actor,
        action: 'view.removed',
        subject: `view:${id}`,
        detail: { list: view.list, name: view.name, query: view.query, shared: view.shared },
      },
    ]);
    await notify(client, { workspaceId, topic: 'view', id });
  });
}

function mayChange(actor: Actor, view: Found): boolean {
  if (actor.kind === 'person' && actor.personId === view.person_id) return true;
  return view.shared && can(actor, 'view.manage-shared', { workspaceId: actor.workspaceId });
}
