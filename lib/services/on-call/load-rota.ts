import type { PoolClient } from 'pg';
import { type Away, type Override, type Rota, type Shift, shiftsBetween } from '@/lib/response/on-call';
import type { ScheduleRow } from './find-schedule';

/** An override as it is stored, with who made it. */
export interface OverrideRow extends Override {
  scheduleId: string;
  reason: string | null;
  createdById: string | null;
}
export interface AbsenceRow extends Away {
  id: string;
  note: string | null;
}
interface PersonRow {
  id: string;
  name: string;
  email: string;
  /** False: disabled, or no member any more. */
  active: boolean;
}

/** What of the workspace decides who is on call in a time. */
export interface OnCallFacts {
  /** By id: everybody whom a schedule or an override names. */
  people: Map<string, PersonRow>;
  overrides: OverrideRow[];
  absences: AbsenceRow[];
}

/** Overrides and absences that fall into a time, and the people named, in three queries for all schedules. */
export async function onCallFacts(
  client: Pick<PoolClient, 'query'>,
  workspaceId: string,
  schedules: readonly ScheduleRow[],
  { from, to }: { from: Date; to: Date },
): Promise<OnCallFacts> {
  const overrides = await client.query<Omit<OverrideRow, 'from' | 'to'> & { from: Date; to: Date }>(
    `SELECT id, schedule_id AS "scheduleId", person_id AS person, starts_at AS "from", ends_at AS "to", reason,
            created_by_id AS "createdById"
       FROM on_call_override
      WHERE workspace_id = $1 AND schedule_id = ANY($2::uuid[]) AND cancelled_at IS NULL
        AND starts_at < $4 AND ends_at > $3
      ORDER BY created_at, id`,
    [workspaceId, schedules.map((schedule) => schedule.id), from, to],
  );
  const named = [
    ...new Set([
      ...schedules.flatMap(({ rota }) => rota.layers.flatMap((layer) => layer.people)),
      ...overrides.rows.flatMap((row) => [
        row.person,
        ...(row.createdById === null ? [] : [row.createdById]),
      ]),
    ]),
  ];
  const people = await client.query<PersonRow>(
    `SELECT p.id, p.name, p.email, p.disabled_at IS NULL AND m.person_id IS NOT NULL AS active
       FROM person p LEFT JOIN membership m ON m.person_id = p.id AND m.workspace_id = $1
      WHERE p.id = ANY($2::uuid[])`,
    [workspaceId, named],
  );
  const absences = await client.query<Omit<AbsenceRow, 'from' | 'to'> & { from: Date; to: Date }>(
    `SELECT id, person_id AS person, starts_at AS "from", ends_at AS "to", note FROM absence
      WHERE workspace_id = $1 AND person_id = ANY($2::uuid[]) AND cancelled_at IS NULL
        AND starts_at < $4 AND ends_at > $3
      ORDER BY starts_at, id`,
    [workspaceId, named, from, to],
  );
  const inMs = <T extends { from: Date; to: Date }>(row: T) => ({
    ...row,
    from: row.from.getTime(),
    to: row.to.getTime(),
  });
  return {
    people: new Map(people.rows.map((row) => [row.id, row])),
    overrides: overrides.rows.map(inMs),
    absences: absences.rows.map(inMs),
  };
}

/** Who is away when: those who said so, and for good those who left. */
export function awayIn({ people, absences }: OnCallFacts, named: readonly string[]): Away[] {
  return [
    ...absences,
    ...named
      .filter((person) => people.get(person)?.active !== true)
      .map((person) => ({ person, from: -Infinity, to: Infinity })),
  ];
}

/** Who is on call by a schedule in a time that the facts were read for. */
export function shiftsOf(schedule: ScheduleRow, facts: OnCallFacts, span: { from: Date; to: Date }): Shift[] {
  const overrides = facts.overrides.filter((override) => override.scheduleId === schedule.id);
  return shiftsBetween(
    schedule.rota,
    overrides,
    awayIn(facts, namedIn(schedule.rota, overrides)),
    span.from.getTime(),
    span.to.getTime(),
  );
}

export function namedIn(rota: Rota, overrides: readonly Override[]): string[] {
  return [
    ...new Set([...rota.layers.flatMap((layer) => layer.people), ...overrides.map((each) => each.person)]),
  ];
}
