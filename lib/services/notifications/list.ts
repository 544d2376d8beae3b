import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { db } from '@/lib/db/pool';

/** Something that waits for a person, in the app. Times are ISO 8601. */
export interface NotificationDto {
  id: string;
  /** incident.opened, … */
  kind: string;
  title: string;
  incident: { number: number; state: string; severity: string } | null;
  /** Where to go: a path of the dashboard. */
  path: string;
  createdAt: string;
  readAt: string | null;
}

export interface NotificationList {
  notifications: NotificationDto[];
  unread: number;
}

export const LATEST = 50;

/** The person's own notifications in this workspace, newest first, at most 50, and how many are unread in all. */
export async function listNotifications(actor: Actor): Promise<NotificationList> {
  authorize(actor, 'incident.read', { workspaceId: actor.workspaceId });
  if (actor.kind !== 'person') return { notifications: [], unread: 0 };
  const [latest, unread] = await Promise.all([
    db().query<{
      id: string;
      kind: string;
      title: string;
      number: number | null;
      state: string | null;
      severity: string | null;
      path: string | null;
      created_at: Date;
      read_at: Date | null;
    }>(
      `SELECT n.id, n.kind, n.title, i.number, i.state, i.severity, n.path, n.created_at, n.read_at
       FROM notification n LEFT JOIN incident i ON i.id = n.incident_id
       WHERE n.person_id = $1 AND n.workspace_id = $2 ORDER BY n.created_at DESC, n.id DESC LIMIT $3`,
      [actor.personId, actor.workspaceId, LATEST],
    ),
    db().query<{ count: number }>(
      'SELECT count(*) FROM notification WHERE person_id = $1 AND workspace_id = $2 AND read_at IS NULL',
      [actor.personId, actor.workspaceId],
    ),
  ]);
  return {
    notifications: latest.rows.map((row) => ({
      id: row.id,
      kind: row.kind,
      title: row.title,
      incident:
        row.number === null || row.state === null || row.severity === null
          ? null
          : { number: row.number, state: row.state, severity: row.severity },
      path: row.path ?? (row.number === null ? '/incidents' : `/incidents/${row.number}`),
      createdAt: row.created_at.toISOString(),
      readAt: row.read_at?.toISOString() ?? null,
    })),
    unread: unread.rows[0]?.count ?? 0,
  };
}
