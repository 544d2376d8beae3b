import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { db } from '@/lib/db/pool';

export interface Shell {
  agents: number;
  openIncidents: number;
  /** Unread, newest first, at most 20. */
  unread: { id: string; title: string; incidentNumber: number | null; createdAt: string }[];
}

/** The counts beside the rail's entries and what waits for this person. */
export async function getShell(actor: Actor): Promise<Shell> {
  authorize(actor, 'agent.read', { workspaceId: actor.workspaceId });
  const personId = actor.kind === 'person' ? actor.personId : null;
  const [counts, unread] = await Promise.all([
    db().query<{ agents: number; openIncidents: number }>(
      `SELECT (SELECT count(*) FROM agent WHERE workspace_id = $1) AS agents,
              (SELECT count(*) FROM incident WHERE workspace_id = $1 AND state <> 'resolved') AS "openIncidents"`,
      [actor.workspaceId],
    ),
    db().query<{ id: string; title: string; incidentNumber: number | null; createdAt: Date }>(
      `SELECT n.id, n.title, i.number AS "incidentNumber", n.created_at AS "createdAt"
         FROM notification n LEFT JOIN incident i ON i.id = n.incident_id
        WHERE n.person_id = $1 AND n.workspace_id = $2 AND n.read_at IS NULL
        ORDER BY n.created_at DESC LIMIT 20`,
      [personId, actor.workspaceId],
    ),
  ]);
  const row = counts.rows[0];
  return {
    agents: row?.agents ?? 0,
    openIncidents: row?.openIncidents ?? 0,
    unread: unread.rows.map((each) => ({ ...each, createdAt: each.createdAt.toISOString() })),
  };
}
