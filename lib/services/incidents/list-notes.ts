import type { Actor } from '@/lib/auth/actor';
import { authorize, can } from '@/lib/auth/can';
import { db } from '@/lib/db/pool';
import { type Commenter, namesOf } from '@/lib/services/comments/list-threads';

export interface IncidentNote {
  id: string;
  /** A section of the postmortem; null in the conversation. */
  section: string | null;
  by: Commenter;
  body: string;
  /** Names of the people it mentions. */
  mentions: string[];
  /** ISO 8601. */
  at: string;
}

export interface IncidentNotes {
  /** Oldest first. */
  notes: IncidentNote[];
  /** Whom a note may mention. */
  people: { id: string; name: string; jobTitle: string | null }[];
  mayWrite: boolean;
}

const MOST_NOTES = 1000;

/** What people wrote about an incident: in its conversation, or beside its postmortem. */
export async function listNotes(
  actor: Actor,
  incidentId: string,
  where: 'conversation' | 'postmortem',
): Promise<IncidentNotes> {
  const { workspaceId } = actor;
  authorize(actor, 'incident.read', { workspaceId });
  const [{ rows }, people] = await Promise.all([
    db().query<{
      id: string;
      section: string | null;
      authorId: string | null;
      body: string;
      mentions: string[];
      at: Date;
    }>(
      `SELECT id, section, author_id AS "authorId", body, mentions, created_at AS at FROM incident_note
        WHERE workspace_id = $1 AND incident_id = $2 AND (section IS NULL) = $3 ORDER BY created_at, id LIMIT ${MOST_NOTES}`,
      [workspaceId, incidentId, where === 'conversation'],
    ),
    db().query<{ id: string; name: string; jobTitle: string | null }>(
      `SELECT p.id, p.name, m.job_title AS "jobTitle" FROM membership m JOIN person p ON p.id = m.person_id
        WHERE m.workspace_id = $1 AND p.disabled_at IS NULL ORDER BY lower(p.name), p.id`,
      [workspaceId],
    ),
  ]);
  const names = await namesOf(
    workspaceId,
    rows.flatMap((row) => [...(row.authorId === null ? [] : [row.authorId]), ...row.mentions]),
  );
  const who = (id: string | null): Commenter =>
    (id === null ? undefined : names.get(id)) ?? { name: 'Somebody who has left', gone: true };
  return {
    notes: rows.map(({ authorId, mentions, at, ...note }) => ({
      ...note,
      by: who(authorId),
      mentions: mentions.map((id) => who(id).name),
      at: at.toISOString(),
    })),
    people: people.rows,
    mayWrite: actor.kind === 'person' && can(actor, 'incident.note', { workspaceId }),
  };
}
