/** Days, `YYYY-MM-DD`, both included. */
export interface DayRange {
  from: string;
  until: string;
}

const DAY_MS = 86_400_000;
const formats = new Map<string, Intl.DateTimeFormat>();

/** The day it is at `at` where `zone` is. */
export function dayAt(zone: string, at: Date): string {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-CA', {
      timeZone: zone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
    });
    formats.set(zone, format);
  }
  return format.format(at);
}

/** The `days` days that end with the one `now` is in, in the workspace's zone: the window of every figure "of N days". */
export function daysBack(zone: string, now: Date, days: number): DayRange {
  const until = dayAt(zone, now);
  return { from: shiftDay(until, 1 - days), until };
}

/** The day so many days after (or before) another. */
export function shiftDay(day: string, by: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + by * DAY_MS).toISOString().slice(0, 10);
}

/** Every day of a range, oldest first. */
export function daysOf({ from, until }: DayRange): string[] {
  const days: string[] = [];
  for (let day = from; day <= until; day = shiftDay(day, 1)) days.push(day);
  return days;
}
