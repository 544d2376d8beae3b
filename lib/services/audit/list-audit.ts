import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { db } from '@/lib/db/pool';
import type { AuditQuery } from './audit-query';
import { type AuditRow, readEntries } from './read-entries';

const PAGE = 50;

/** The workspace's audit log, newest first, 50 at a time by keyset, and what one can filter by. */
export async function listAudit(
  actor: Actor,
  query: AuditQuery,
): Promise<{
  entries: AuditRow[];
  next: number | null;
  actors: { actor: string; name: string }[];
  /** The actions there are entries of. */
  actions: string[];
}> {
  const { workspaceId } = actor;
  authorize(actor, 'audit.read', { workspaceId });
  const [rows, actors, actions] = await Promise.all([
    readEntries(workspaceId, query, PAGE + 1),
    db().query<{ actor: string; name: string }>(
      `SELECT 'person:' || p.id AS actor, p.name FROM membership m JOIN person p ON p.id = m.person_id
        WHERE m.workspace_id = $1
       UNION ALL
       SELECT 'key:' || id, name FROM api_key WHERE workspace_id = $1
       ORDER BY name`,
      [workspaceId],
    ),
    // From one action to the next along the index: as many look-ups as there are actions, however long the log is.
    db().query<{ action: string }>(
      `WITH RECURSIVE each AS (
         (SELECT action FROM audit_entry WHERE workspace_id = $1 ORDER BY action LIMIT 1)
         UNION ALL
         SELECT (SELECT action FROM audit_entry WHERE workspace_id = $1 AND action > each.action
                  ORDER BY action LIMIT 1)
           FROM each WHERE each.action IS NOT NULL)
       SELECT action FROM each WHERE action IS NOT NULL`,
      [workspaceId],
    ),
  ]);
  const entries = rows.slice(0, PAGE);
  return {
    entries,
    next: rows.length > PAGE ? (entries.at(-1)?.number ?? null) : null,
    actors: [{ actor: 'system', name: 'Countersign' }, ...actors.rows],
    actions: actions.rows.map((row) => row.action),
  };
}
