import { formatClock, formatList, formatWeekday } from '@/lib/format';
import type { Layer } from '@/lib/response/on-call';
import type { ShiftDto } from '@/lib/services/on-call/shift-dto';

/** "Mon 23 Nov, 09:00" on the clocks of a zone. */
export function whenWords(at: string | number, zone: string): string {
  return `${formatWeekday(at, zone)}, ${formatClock(at, zone, 'minute')}`;
}

/** "Mon 23 Nov, 09:00 – 17:00", or with both days where it ends on another. */
export function spanWords({ from, to }: { from: string; to: string }, zone: string): string {
  const sameDay = formatWeekday(from, zone) === formatWeekday(to, zone);
  return `${whenWords(from, zone)} – ${sameDay ? formatClock(to, zone, 'minute') : whenWords(to, zone)}`;
}

/** Why this person, or why nobody, in a few words. */
export function whyWords({ why, away }: Pick<ShiftDto, 'why' | 'away'>): string {
  const instead = away.length === 0 ? '' : `, instead of ${formatList(away)}, away`;
  if (why.by === 'override') return `override${instead}`;
  if (why.by === 'rotation') return `${why.layer}${instead}`;
  return why.because === 'hours'
    ? 'no rotation covers this time'
    : `${formatList(away)} ${away.length === 1 ? 'is' : 'are'} away`;
}

const UNIT_WORDS = { hours: ['hour', 'hours'], days: ['day', 'days'], weeks: ['week', 'weeks'] } as const;
export const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;

/** "every week at 09:00 from Mon 5 Jan 2026". */
export function turnsWords({ every, handoverAt }: Pick<Layer, 'every' | 'handoverAt'>): string {
  const [one, many] = UNIT_WORDS[every.unit];
  return `handed over every ${every.count === 1 ? one : `${every.count} ${many}`} at ${handoverAt}`;
}

/** "Mon–Fri 09:00–17:00"; "at all hours" for none. */
export function windowsWords(windows: Layer['windows']): string {
  if (windows.length === 0) return 'at all hours';
  return windows.map(({ days, from, to }) => `${daysWords(days)} ${hoursWords(from, to)}`).join(' and ');
}

function hoursWords(from: string, to: string): string {
  if (from === to) return from === '00:00' ? 'all day' : `${from} for 24 hours`;
  return `${from}–${to}`;
}

function daysWords(days: readonly number[]): string {
  if (days.length === 7) return 'every day';
  const runs: number[][] = [];
  for (const day of days) {
    const run = runs.at(-1);
    if (run !== undefined && run.at(-1) === day - 1) run.push(day);
    else runs.push([day]);
  }
  const name = (day: number | undefined) => WEEKDAYS[(day ?? 1) - 1] ?? '';
  return runs
    .map((run) =>
      run.length > 2 ? `${name(run[0])}–${name(run.at(-1))}` : run.map((day) => name(day)).join(', '),
    )
    .join(', ');
}
