import type { Actor } from '@/lib/auth/actor';
import { authorize, can } from '@/lib/auth/can';
import { db } from '@/lib/db/pool';
import type { ViewList } from './view-query';

/** Filters, sort and columns of a list under a name. */
export interface SavedView {
  id: string;
  name: string;
  /** `?agent=…` of the list's address; '' is the list as it is. */
  query: string;
  shared: boolean;
  /** Whose it is. */
  owner: string;
  /** Whether the reader may rename, share or remove it. */
  mine: boolean;
  mayChange: boolean;
}

export interface SavedViews {
  views: SavedView[];
  mayShare: boolean;
  /** The columns the reader chose for this list; null: none chosen. */
  columns: string[] | null;
}

/** A person's own views of a list and those the workspace shares, by name. A key has none. */
export async function listViews(actor: Actor, list: ViewList): Promise<SavedViews> {
  const subject = { workspaceId: actor.workspaceId };
  authorize(actor, 'view.read', subject);
  const personId = actor.kind === 'person' ? actor.personId : null;
  const [views, layout] = await Promise.all([
    db().query<{
      id: string;
      name: string;
      query: string;
      shared: boolean;
      person_id: string;
      owner: string;
    }>(
      `SELECT v.id, v.name, v.query, v.shared, v.person_id, p.name AS owner
         FROM saved_view v JOIN person p ON p.id = v.person_id
        WHERE v.workspace_id = $1 AND v.list = $2 AND (v.shared OR v.person_id = $3)
        ORDER BY lower(v.name), v.shared, v.id`,
      [actor.workspaceId, list, personId],
    ),
    db().query<{ columns: string[] }>(
      'SELECT columns FROM list_layout WHERE workspace_id = $1 AND person_id = $2 AND list = $3',
      [actor.workspaceId, personId, list],
    ),
  ]);
  const manages = can(actor, 'view.manage-shared', subject);
  return {
    views: views.rows.map((row) => {
      const mine = row.person_id === personId;
      return {
        id: row.id,
        name: row.name,
        query: row.query,
        shared: row.shared,
        owner: row.owner,
        mine,
        mayChange: mine || (row.shared && manages),
      };
    }),
    mayShare: can(actor, 'view.share', subject),
    columns: layout.rows[0]?.columns ?? null,
  };
}
