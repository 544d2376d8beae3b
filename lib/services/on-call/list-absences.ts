import type { Actor } from '@/lib/auth/actor';
import { authorize, can } from '@/lib/auth/can';
import { db } from '@/lib/db/pool';
import type { PersonRef } from './shift-dto';

/** A time in which somebody is away; ISO. */
export interface AbsenceDto {
  id: string;
  person: PersonRef;
  from: string;
  to: string;
  note: string | null;
  mayCancel: boolean;
}

export interface AbsenceList {
  /** Underway or to come, the next first. */
  absences: AbsenceDto[];
  /** For whom the reader may enter one: all members, or themselves. */
  people: PersonRef[];
  me: string | null;
}

/** Who is away, and whose absence the reader may enter; at most 500. */
export async function listAbsences(
  actor: Actor,
  { people: only, now = new Date() }: { people?: readonly string[]; now?: Date } = {},
): Promise<AbsenceList> {
  const { workspaceId } = actor;
  authorize(actor, 'on-call.read', { workspaceId });
  const forOthers = can(actor, 'absence.write-for-others', { workspaceId });
  const me = actor.kind === 'person' ? actor.personId : null;
  const [absences, people] = await Promise.all([
    db().query<{ id: string; person: PersonRef; from: Date; to: Date; note: string | null }>(
      `SELECT b.id, json_build_object('id', p.id, 'name', p.name) AS person, b.starts_at AS "from", b.ends_at AS "to", b.note
         FROM absence b JOIN person p ON p.id = b.person_id
        WHERE b.workspace_id = $1 AND b.cancelled_at IS NULL AND b.ends_at > $2
          AND ($3::uuid[] IS NULL OR b.person_id = ANY($3))
        ORDER BY b.starts_at, p.name, b.id LIMIT 500`,
      [workspaceId, now, only === undefined ? null : [...only]],
    ),
    db().query<PersonRef>(
      `SELECT p.id, p.name FROM membership m JOIN person p ON p.id = m.person_id
        WHERE m.workspace_id = $1 AND p.disabled_at IS NULL ORDER BY lower(p.name), p.id`,
      [workspaceId],
    ),
  ]);
  return {
    absences: absences.rows.map(({ from, to, ...row }) => ({
      ...row,
      from: from.toISOString(),
      to: to.toISOString(),
      mayCancel: forOthers || row.person.id === me,
    })),
    people: people.rows.filter((person) => forOthers || person.id === me),
    me,
  };
}
