import type { Actor } from '@/lib/auth/actor';
import { authorize, can } from '@/lib/auth/can';
import { db } from '@/lib/db/pool';
import { byPerson } from '@/lib/response/on-call';
import { SCHEDULE_COLUMNS, type StoredSchedule, scheduleOf } from './find-schedule';
import { onCallFacts, shiftsOf } from './load-rota';
import { DAYS_AHEAD, type ShiftDto, shiftDto } from './shift-dto';

const DAY = 86_400_000;

export interface ScheduleSummary {
  id: string;
  name: string;
  address: string;
  timeZone: string;
  /** Who is on call now, until somebody else is; `to` of the last shift shown is merely how far was looked. */
  now: ShiftDto;
  /** Who follows; null when nothing changes as far as was looked. */
  next: ShiftDto | null;
  /** When nobody is on call, as far as was looked; the first may have begun. */
  gaps: ShiftDto[];
}

export interface ScheduleList {
  schedules: ScheduleSummary[];
  mayManage: boolean;
}

/** Schedules in use by name, each with who is on call now and who follows within four weeks. */
export async function listSchedules(actor: Actor, now = new Date()): Promise<ScheduleList> {
  const { workspaceId } = actor;
  authorize(actor, 'on-call.read', { workspaceId });
  const { rows } = await db().query<StoredSchedule>(
    `SELECT ${SCHEDULE_COLUMNS} FROM on_call_schedule s
      WHERE s.workspace_id = $1 AND s.archived_at IS NULL ORDER BY lower(s.name), s.id`,
    [workspaceId],
  );
  const schedules = rows.map(scheduleOf);
  const span = { from: now, to: new Date(now.getTime() + DAYS_AHEAD * DAY) };
  const facts = await onCallFacts(db(), workspaceId, schedules, span);
  return {
    schedules: schedules.flatMap((schedule) => {
      const turns = byPerson(shiftsOf(schedule, facts, span)).map((shift) =>
        shiftDto(shift, schedule.rota, facts),
      );
      const [current, next] = turns;
      if (current === undefined) return [];
      return [
        {
          id: schedule.id,
          name: schedule.name,
          address: schedule.address,
          timeZone: schedule.rota.timeZone,
          now: current,
          next: next ?? null,
          gaps: turns.filter((shift) => shift.person === null),
        },
      ];
    }),
    mayManage: can(actor, 'on-call.manage', { workspaceId }),
  };
}
