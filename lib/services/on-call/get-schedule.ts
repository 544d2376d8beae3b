import type { Actor } from '@/lib/auth/actor';
import { authorize, can } from '@/lib/auth/can';
import { db } from '@/lib/db/pool';
import { byPerson, type Layer, shiftsBetween } from '@/lib/response/on-call';
import { agentsThatPage, findSchedule } from './find-schedule';
import { awayIn, onCallFacts, shiftsOf } from './load-rota';
import { DAYS_AHEAD, type PersonRef, personRef, type ShiftDto, shiftDto } from './shift-dto';

const DAY = 86_400_000;
/** Overrides are listed for a year, also beyond what the calendar shows. */
const LISTED_DAYS = 366;

export interface ScheduleDto {
  id: string;
  name: string;
  address: string;
  timeZone: string;
  revision: number;
  layers: (Omit<Layer, 'people'> & { people: (PersonRef & { active: boolean })[] })[];
  /** ISO; what the calendar shows. */
  from: string;
  to: string;
  /** Who is on call, without a gap: a shift for each person and reason in turn. `now` and `next` are by person alone. */
  shifts: ShiftDto[];
  now: ShiftDto | null;
  next: ShiftDto | null;
  gaps: ShiftDto[];
  /** Whom each rotation alone would name, in the order of the layers; hours it does not cover are left out. */
  byLayer: { layerId: string; shifts: ShiftDto[] }[];
  /** That hold or are to come, the one made last first. */
  overrides: {
    id: string;
    person: PersonRef;
    from: string;
    to: string;
    reason: string | null;
    madeBy: string | null;
    mayCancel: boolean;
  }[];
  /** Agents whose contract in force pages this address. */
  agents: { name: string; displayName: string }[];
  may: { manage: boolean; takeShift: boolean };
}

/** A schedule with its next four weeks. Throws `not_found`. */
export async function getSchedule(actor: Actor, id: string, now = new Date()): Promise<ScheduleDto> {
  const { workspaceId } = actor;
  authorize(actor, 'on-call.read', { workspaceId });
  const schedule = await findSchedule(db(), workspaceId, id);
  const { rota } = schedule;
  const span = { from: now, to: new Date(now.getTime() + DAYS_AHEAD * DAY) };
  const facts = await onCallFacts(db(), workspaceId, [schedule], {
    from: now,
    to: new Date(now.getTime() + LISTED_DAYS * DAY),
  });
  const agents = await agentsThatPage(db(), workspaceId, schedule.address);
  const own = shiftsOf(schedule, facts, span);
  const turns = byPerson(own).map((shift) => shiftDto(shift, rota, facts));
  const manage = can(actor, 'on-call.manage', { workspaceId });
  const takeShift = actor.kind === 'person' && can(actor, 'on-call.take-shift', { workspaceId });
  const self = actor.kind === 'person' ? actor.personId : null;
  const times = (each: { from: number; to: number }) => ({
    from: new Date(each.from).toISOString(),
    to: new Date(each.to).toISOString(),
  });
  return {
    id: schedule.id,
    name: schedule.name,
    address: schedule.address,
    timeZone: rota.timeZone,
    revision: schedule.revision,
    layers: rota.layers.map((layer) => ({
      ...layer,
      people: layer.people.map((person) => ({
        ...personRef(person, facts),
        active: facts.people.get(person)?.active === true,
      })),
    })),
    ...times({ from: span.from.getTime(), to: span.to.getTime() }),
    shifts: joined(own.map((shift) => shiftDto(shift, rota, facts))),
    now: turns[0] ?? null,
    next: turns[1] ?? null,
    gaps: turns.filter((shift) => shift.person === null),
    byLayer: rota.layers.map((layer) => ({
      layerId: layer.id,
      shifts: byPerson(
        shiftsBetween(
          { ...rota, layers: [layer] },
          [],
          awayIn(facts, layer.people),
          span.from.getTime(),
          span.to.getTime(),
        ),
      )
        .filter((shift) => !(shift.why.by === 'nobody' && shift.why.because === 'hours'))
        .map((shift) => shiftDto(shift, rota, facts)),
    })),
    overrides: facts.overrides.toReversed().map((override) => ({
      id: override.id,
      person: personRef(override.person, facts),
      ...times(override),
      reason: override.reason,
      madeBy: override.createdById === null ? null : personRef(override.createdById, facts).name,
      mayCancel: manage || (takeShift && override.person === self),
    })),
    agents,
    may: { manage, takeShift },
  };
}

/** Handovers of somebody to themselves are left out. */
function joined(shifts: readonly ShiftDto[]): ShiftDto[] {
  const list: ShiftDto[] = [];
  for (const shift of shifts) {
    const last = list.at(-1);
    const same =
      last !== undefined &&
      JSON.stringify([last.person, last.why, last.away]) ===
        JSON.stringify([shift.person, shift.why, shift.away]);
    if (same) last.to = shift.to;
    else list.push({ ...shift });
  }
  return list;
}
