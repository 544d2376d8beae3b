import { formatWeekday } from '@/lib/format';
import { dayOf, momentOf, wallAt } from '@/lib/response/local-time';
import type { ScheduleDto } from '@/lib/services/on-call/get-schedule';
import type { ShiftDto } from '@/lib/services/on-call/shift-dto';
import { spanWords, whyWords } from './shift-words';

const DAY = 86_400_000;
const WEEK = 7 * DAY;
const WEEKS = 4;

/**
 * Four weeks, each a strip of seven days by the clocks of the schedule's zone: who is on call, and under it whom each rotation
 * alone would name. For eyes on a desk; the list of shifts beside it says the same in words.
 */
export function Calendar({ schedule, me }: { schedule: ScheduleDto; me: string | null }) {
  const { timeZone: zone, layers, byLayer, shifts } = schedule;
  const first = dayOf(wallAt(zone, Date.parse(schedule.from)));
  const lanes = [
    { id: '', name: 'On call', shifts },
    ...(layers.length === 1
      ? []
      : layers.map((layer) => ({
          id: layer.id,
          name: layer.name,
          shifts: byLayer.find(({ layerId }) => layerId === layer.id)?.shifts ?? [],
        }))),
  ];
  return (
    <div aria-hidden="true" className="grid gap-4 px-3.5 py-3 text-xs">
      {Array.from({ length: WEEKS }, (_, week) => first + week * WEEK).map((start) => (
        <div key={start} className="grid grid-cols-[88px_minmax(0,1fr)] gap-x-2 gap-y-1">
          <span />
          <div className="grid grid-cols-7">
            {Array.from({ length: 7 }, (_, day) => start + day * DAY).map((day) => (
              <span key={day} className="truncate border-l border-line pl-1 text-ink-2">
                {formatWeekday(momentOf(zone, day + DAY / 2), zone)}
              </span>
            ))}
          </div>
          {lanes.map((lane) => (
            <Lane
              key={lane.id}
              name={lane.name}
              main={lane.id === ''}
              shifts={lane.shifts}
              start={start}
              zone={zone}
              me={me}
            />
          ))}
        </div>
      ))}
    </div>
  );
}

function Lane({
  name,
  main,
  shifts,
  start,
  zone,
  me,
}: {
  name: string;
  main: boolean;
  shifts: readonly ShiftDto[];
  start: number;
  zone: string;
  me: string | null;
}) {
  const bars = shifts.flatMap((shift) => {
    const from = Math.max(start, wallAt(zone, Date.parse(shift.from)));
    const to = Math.min(start + WEEK, wallAt(zone, Date.parse(shift.to)));
    return to > from ? [{ shift, left: (from - start) / WEEK, width: (to - from) / WEEK }] : [];
  });
  return (
    <>
      <span className={`truncate self-center ${main ? 'font-medium' : 'text-ink-2'}`} title={name}>
        {name}
      </span>
      <div className={`relative ${main ? 'h-7' : 'h-5'} rounded-sm bg-ground`}>
        {bars.map(({ shift, left, width }) => (
          <span
            key={shift.from}
            title={`${shift.person?.name ?? 'Nobody'}: ${spanWords(shift, zone)}, ${whyWords(shift)}`}
            className={`absolute inset-y-0 flex items-center overflow-hidden rounded-sm border whitespace-nowrap ${width * 7 < WHOLE_NAME_DAYS ? 'justify-center' : 'px-1'} ${look(shift, me)}`}
            style={{ left: `${left * 100}%`, width: `${width * 100}%` }}
          >
            {nameThatFits(shift.person?.name ?? 'Nobody', width * 7)}
          </span>
        ))}
      </div>
    </>
  );
}

/** A name needs most of a day's width; less has room for initials, and a few hours for nothing. */
const WHOLE_NAME_DAYS = 0.9;
const INITIALS_DAYS = 0.25;

function nameThatFits(name: string, days: number): string {
  if (days >= WHOLE_NAME_DAYS) return name;
  if (days < INITIALS_DAYS) return '';
  const words = name.split(/\s+/);
  return [words[0], words.length > 1 ? words.at(-1) : ''].map((word) => word?.charAt(0) ?? '').join('');
}

function look({ person, why }: ShiftDto, me: string | null): string {
  if (person === null) return 'border-critical/40 bg-critical-soft text-critical';
  const own = person.id === me ? 'bg-accent-soft text-accent' : 'bg-sunk text-ink';
  return why.by === 'override' ? `border-dashed border-ink-3 ${own}` : `border-line-strong ${own}`;
}
