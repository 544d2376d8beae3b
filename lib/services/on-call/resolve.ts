import type { PoolClient } from 'pg';
import { ZodError } from 'zod';
import { onCallAt } from '@/lib/response/on-call';
import { SCHEDULE_COLUMNS, type ScheduleRow, type StoredSchedule, scheduleOf } from './find-schedule';
import { isAway } from './is-away';
import { awayIn, namedIn, onCallFacts } from './load-rota';

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
   * have named. nobody-on-call: the schedule covers no such hour. unreadable: what is stored of the schedule is no rota.
   */
  problem: null | 'unknown' | 'nobody-on-call' | 'away' | 'unreadable';
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
  const members = await client.query<PersonOnCall & { away: boolean }>(
    `SELECT p.id, p.name, p.email,
            ${isAway('$3')} AS away
       FROM membership m JOIN person p ON p.id = m.person_id
      WHERE m.workspace_id = $1 AND p.email = $2 AND p.disabled_at IS NULL`,
    [workspaceId, wanted, at],
  );
  const [member] = members.rows;
  if (member !== undefined) {
    const { away, ...person } = member;
    return away
      ? { people: [], via: null, problem: 'away', away: [person] }
      : { people: [person], via: null, problem: null, away: [] };
  }
  const schedules = await client.query<StoredSchedule>(
    `SELECT ${SCHEDULE_COLUMNS} FROM on_call_schedule s
      WHERE s.workspace_id = $1 AND s.address = $2 AND s.archived_at IS NULL`,
    [workspaceId, wanted],
  );
  const [stored] = schedules.rows;
  if (stored === undefined) return { people: [], via: null, problem: 'unknown', away: [] };
  const schedule = readable(stored);
  if (schedule === null) {
    const via = { id: stored.id, name: stored.name, address: stored.address };
    return { people: [], via, problem: 'unreadable', away: [] };
  }
  // The database keeps microseconds, a Date milliseconds: a moment is the whole millisecond.
  const facts = await onCallFacts(client, workspaceId, [schedule], {
    from: at,
    to: new Date(at.getTime() + 1),
  });
  const named = namedIn(schedule.rota, facts.overrides);
  const { person, why } = onCallAt(schedule.rota, facts.overrides, awayIn(facts, named), at.getTime());
  const known = (id: string): PersonOnCall[] => {
    const row = facts.people.get(id);
    return row === undefined ? [] : [{ id: row.id, name: row.name, email: row.email }];
  };
  return {
    people: person === null ? [] : known(person),
    via: { id: schedule.id, name: schedule.name, address: schedule.address },
    problem: why.by !== 'nobody' ? null : why.because === 'hours' ? 'nobody-on-call' : 'away',
    away: why.away.flatMap(known),
  };
}

/** Null when it cannot be read: a breach is answered all the same. */
function readable(stored: StoredSchedule): ScheduleRow | null {
  try {
    return scheduleOf(stored);
  } catch (error) {
    if (error instanceof ZodError) return null;
    throw error;
  }
}
