import type { PoolClient } from 'pg';
import { type Away, type Override, onCallAt, scheduleSchema } from '@/lib/response/on-call';

export interface PersonOnCall {
  id: string;
  name: string;
  email: string;
}

/** Who is to be told when a contract names an address. */
export interface Resolved {
  /** Whom to page now: the person of that address, or whoever is on call; none when there is a problem. */
  people: PersonOnCall[];
  /** The schedule the address leads to; null: it is a person's, or nobody's. */
  via: { id: string; name: string; address: string } | null;
  /**
   * unknown: neither an active member nor a schedule has the address. away: the person is, or everybody whom the schedule would
   * have named. nobody-on-call: the schedule covers no such hour.
   */
  problem: null | 'unknown' | 'nobody-on-call' | 'away';
  /** Who was passed over as they are away, first to last. */
  away: PersonOnCall[];
}

/**
 * The one door from an address in a contract (`ownership.operator`, a step of the escalation path) to a person at a moment: a
 * member's e-mail is that member, a schedule's address is who is on call there. Letter case does not matter. Whoever was
 * disabled or left the workspace counts as away in a rotation and as unknown by e-mail.
 */
export async function resolveOnCall(
  client: Pick<PoolClient, 'query'>,
  workspaceId: string,
  address: string,
  at: Date,
): Promise<Resolved> {
  const wanted = address.trim().toLowerCase();
  const member = await client.query<PersonOnCall & { away: boolean }>(
    `SELECT p.id, p.name, p.email,
            EXISTS (SELECT FROM absence b WHERE b.workspace_id = m.workspace_id AND b.person_id = p.id
                       AND b.cancelled_at IS NULL AND b.starts_at <= $3 AND b.ends_at > $3) AS away
       FROM membership m JOIN person p ON p.id = m.person_id
      WHERE m.workspace_id = $1 AND p.email = $2 AND p.disabled_at IS NULL`,
    [workspaceId, wanted, at],
  );
  const [found] = member.rows;
  if (found !== undefined) {
    const { away, ...person } = found;
    return away
      ? { people: [], via: null, problem: 'away', away: [person] }
      : { people: [person], via: null, problem: null, away: [] };
  }
  const schedules = await client.query<{
    id: string;
    name: string;
    address: string;
    timeZone: string;
    layers: unknown;
  }>(
    `SELECT id, name, address, time_zone AS "timeZone", layers FROM on_call_schedule
      WHERE workspace_id = $1 AND address = $2 AND archived_at IS NULL`,
    [workspaceId, wanted],
  );
  const [schedule] = schedules.rows;
  if (schedule === undefined) return { people: [], via: null, problem: 'unknown', away: [] };
  const { id, name, timeZone, layers } = schedule;
  const via = { id, name, address: schedule.address };
  const rota = scheduleSchema.parse({ timeZone, layers });
  const overrides = await overridesAt(client, id, at);
  const named = [
    ...new Set([...rota.layers.flatMap((layer) => layer.people), ...overrides.map((each) => each.person)]),
  ];
  const people = await client.query<PersonOnCall & { there: boolean }>(
    `SELECT p.id, p.name, p.email,
            p.disabled_at IS NULL AND m.person_id IS NOT NULL
              AND NOT EXISTS (SELECT FROM absence b WHERE b.workspace_id = $1 AND b.person_id = p.id
                                 AND b.cancelled_at IS NULL AND b.starts_at <= $3 AND b.ends_at > $3) AS there
       FROM person p LEFT JOIN membership m ON m.person_id = p.id AND m.workspace_id = $1
      WHERE p.id = ANY($2::uuid[])`,
    [workspaceId, named, at],
  );
  const known = new Map(people.rows.map(({ there, ...person }) => [person.id, { person, there }]));
  const absences = named
    .filter((person) => known.get(person)?.there !== true)
    .map((person): Away => ({ person, from: -Infinity, to: Infinity }));
  const { person, why } = onCallAt(rota, overrides, absences, at.getTime());
  const away = why.away.flatMap((each) => known.get(each)?.person ?? []);
  const onCall = person === null ? undefined : known.get(person)?.person;
  if (onCall !== undefined) return { people: [onCall], via, problem: null, away };
  return {
    people: [],
    via,
    problem: why.by === 'nobody' && why.because === 'hours' ? 'nobody-on-call' : 'away',
    away,
  };
}

async function overridesAt(
  client: Pick<PoolClient, 'query'>,
  scheduleId: string,
  at: Date,
): Promise<Override[]> {
  const { rows } = await client.query<{ id: string; person: string; from: Date; to: Date }>(
    `SELECT id, person_id AS person, starts_at AS "from", ends_at AS "to" FROM on_call_override
      WHERE schedule_id = $1 AND cancelled_at IS NULL AND starts_at <= $2 AND ends_at > $2
      ORDER BY created_at, id`,
    [scheduleId, at],
  );
  return rows.map((row) => ({ ...row, from: row.from.getTime(), to: row.to.getTime() }));
}
