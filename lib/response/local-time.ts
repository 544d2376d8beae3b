/**
 * Between moments and what clocks on a wall show in a time zone. A wall time is milliseconds since 1970 as if it were UTC, so
 * that it can be reckoned with: a day on the wall always has 24 hours. The zones' rules are the runtime's (Intl).
 */

const DAY = 86_400_000;

const formats = new Map<string, Intl.DateTimeFormat>();
function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formats.set(zone, format);
  }
  return format;
}

/**
 * Asking Intl takes microseconds, and a calendar asks for the same moments over and over: answers are kept, so many at most for
 * each zone.
 */
const KEPT = 20_000;
function keeping(work: (zone: string, at: number) => number): (zone: string, at: number) => number {
  const byZone = new Map<string, Map<number, number>>();
  return (zone, at) => {
    let known = byZone.get(zone);
    if (known === undefined || known.size >= KEPT) {
      known = new Map();
      byZone.set(zone, known);
    }
    const before = known.get(at);
    if (before !== undefined) return before;
    const answer = work(zone, at);
    known.set(at, answer);
    return answer;
  };
}

/** What clocks in `zone` show at a moment, as a wall time. Exact from the year 1 on; throws RangeError for no zone. */
export const wallAt = keeping((zone, at) => {
  const shown: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {};
  for (const { type, value } of formatOf(zone).formatToParts(at)) shown[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = shown;
  return Date.UTC(year, month - 1, day, hour, minute, second) + (((at % 1000) + 1000) % 1000);
});

/**
 * The moment when clocks in `zone` show a wall time: the first one where they show it twice, and where they skip it the moment
 * they are set forward. So the moments of ascending wall times never descend.
 */
export const momentOf = keeping((zone, wall) => {
  // No zone is further than 14 hours from UTC, and none changes twice within two days.
  const before = wallAt(zone, wall - DAY) - (wall - DAY);
  const after = wallAt(zone, wall + DAY) - (wall + DAY);
  const earlier = wall - Math.max(before, after);
  const later = wall - Math.min(before, after);
  if (wallAt(zone, earlier) === wall) return earlier;
  if (wallAt(zone, later) === wall) return later;
  // Skipped: between the two, clocks are set forward.
  let low = earlier;
  let high = later;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (wallAt(zone, middle) - middle === after) high = middle;
    else low = middle;
  }
  return high;
});

/** Midnight of the day that a wall time is in, as a wall time. */
export function dayOf(wall: number): number {
  return Math.floor(wall / DAY) * DAY;
}

/** 1 Monday … 7 Sunday. */
export function weekdayOf(wall: number): number {
  return new Date(wall).getUTCDay() || 7;
}

/** "2026-03-29" and "09:00" as a wall time; NaN for what is no day or no time. */
export function wallOf(day: string, time: string): number {
  const wall = Date.parse(`${day}T${time}:00.000Z`);
  // "2026-02-31" would roll over into March.
  return Number.isNaN(wall) || new Date(wall).toISOString().slice(0, 10) !== day ? Number.NaN : wall;
}

/** "09:30" as milliseconds since midnight. */
export function sinceMidnight(time: string): number {
  return (Number(time.slice(0, 2)) * 60 + Number(time.slice(3))) * 60_000;
}
