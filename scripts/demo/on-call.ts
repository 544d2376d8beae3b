/** Who of the demo's people is on call: made by the service that the screens call, once. */
import type { Actor } from '@/lib/auth/actor';
import { dayOf, wallAt, weekdayOf } from '@/lib/response/local-time';
import { createSchedule } from '@/lib/services/on-call/create-schedule';
import { listSchedules } from '@/lib/services/on-call/list-schedules';

type Person = Extract<Actor, { kind: 'person' }>;

const DAY = 86_400_000;
const HANDOVER_HOUR = 9;
const ZONE = 'Europe/Berlin';
const ADDRESS = 'motor-claims-oncall@meridian.example';

/**
 * Motor claims operations: `first` and `second` by turns of a week from Monday morning, `first` on call at `begin`
 * (milliseconds). Made again it stays as it is.
 */
export async function scheduleMotorClaims(first: Person, second: Person, begin: number): Promise<void> {
  const { schedules } = await listSchedules(second);
  if (schedules.some((schedule) => schedule.address === ADDRESS)) return;
  await createSchedule(second, {
    name: 'Motor claims operations',
    address: ADDRESS,
    timeZone: ZONE,
    layers: [
      {
        id: 'weeks',
        name: 'By week',
        people: [first.personId, second.personId],
        every: { count: 1, unit: 'weeks' },
        startsOn: mondayBefore(begin),
        handoverAt: '09:00',
        windows: [],
      },
    ],
  });
}

/** The last Monday whose handover has been at a moment, YYYY-MM-DD. */
export function mondayBefore(at: number): string {
  const wall = wallAt(ZONE, at) - HANDOVER_HOUR * 3_600_000;
  const day = dayOf(wall);
  return new Date(day - (weekdayOf(day) - 1) * DAY).toISOString().slice(0, 10);
}
