import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { db } from '@/lib/db/pool';
import { listWaiting } from '@/lib/services/inbox/list-waiting';
import { listNotifications } from '@/lib/services/notifications/list';

export interface Shell {
  agents: number;
  openIncidents: number;
  /** All that waits for this person, and of it the gates. */
  waiting: number;
  waitingReviews: number;
  /** News for this person that they have not seen, newest first. */
  unread: { id: string; title: string; incidentNumber: number | null; path: string; createdAt: string }[];
  /** How many in all; `unread` holds the latest of them. */
  unreadCount: number;
}

/** The counts beside the rail's entries and what waits for this person. */
export async function getShell(actor: Actor): Promise<Shell> {
  authorize(actor, 'agent.read', { workspaceId: actor.workspaceId });
  const [counts, { notifications, unread }, waiting] = await Promise.all([
    db().query<{ agents: number; openIncidents: number }>(
      `SELECT (SELECT count(*) FROM agent WHERE workspace_id = $1) AS agents,
              (SELECT count(*) FROM incident WHERE workspace_id = $1 AND state IN ('open', 'acknowledged')) AS "openIncidents"`,
      [actor.workspaceId],
    ),
    listNotifications(actor),
    listWaiting(actor),
  ]);
  return {
    agents: counts.rows[0]?.agents ?? 0,
    openIncidents: counts.rows[0]?.openIncidents ?? 0,
    waiting: waiting.length,
    waitingReviews: waiting.filter((each) => each.kind === 'gate').length,
    unread: notifications
      .filter((each) => each.readAt === null)
      .map(({ id, title, incident, path, createdAt }) => ({
        id,
        title,
        incidentNumber: incident?.number ?? null,
        path,
        createdAt,
      })),
    unreadCount: unread,
  };
}
