import { dayOf, momentOf, wallAt } from './local-time';

/** For how long something can be undone, as a contract's words were understood. */
export type UndoWindow =
  /** So long after the call. */
  | { kind: 'duration'; ms: number }
  /** Until a time of day, so many days after the day of the call; minutes since midnight, 1440 the day's end. */
  | { kind: 'time'; days: number; minutes: number };

const MINUTE = 60_000;
const DAY = 86_400_000;
const UNITS: readonly (readonly [RegExp, number])[] = [
  [/^(?:s|secs?|seconds?)$/, 1000],
  [/^(?:m|mins?|minutes?)$/, MINUTE],
  [/^(?:h|hrs?|hours?)$/, 60 * MINUTE],
  [/^(?:d|days?)$/, DAY],
  [/^(?:w|wks?|weeks?)$/, 7 * DAY],
];
const FEW: Readonly<Record<string, number>> = {
  a: 1,
  an: 1,
  one: 1,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  ten: 10,
  fourteen: 14,
};
const DURATION =
  /^(?:(?:within|for|up to) )?(\d{1,6}(?:\.\d{1,4})?|[a-z]+) ?([a-z]+)(?: (?:of|after) the call)?$/;
const TIME = /^(?:(?:until|by|before) )?(\d{1,2})(?::(\d{2}))? ?(am|pm)?(?: (?:of|on) (?:the )?(.+))?$/;
const DAY_END = /^(?:(?:until|by|within|before) )?(?:(?:the )?end of )?(?:the )?(.+?)(?: end)?$/;

/**
 * What a contract says in `reversible.within`: "24 h", "30 minutes", "two weeks", "17:00 of the day", "9 am of the next
 * day", "the same day". Null when it says it in words that are not understood ("the open period"): they are shown as written.
 */
export function parseUndoWindow(text: string): UndoWindow | null {
  const said = text.trim().toLowerCase().replace(/\s+/g, ' ').replace(/\.$/, '');
  const [, count, unit] = DURATION.exec(said) ?? [];
  if (count !== undefined && unit !== undefined) {
    const ms = UNITS.find(([pattern]) => pattern.test(unit))?.[1];
    const number = Object.hasOwn(FEW, count) ? FEW[count] : Number(count);
    if (ms !== undefined && number !== undefined && number > 0) return { kind: 'duration', ms: number * ms };
  }
  const time = TIME.exec(said);
  if (time !== null) {
    const [, hours = '', minutes, half, day] = time;
    const days = day === undefined ? 0 : daysLater(day);
    // "17" alone may be anything.
    if (days === null || (minutes === undefined && half === undefined)) return null;
    const at = minutesOf(Number(hours), Number(minutes ?? 0), half);
    return at === null ? null : { kind: 'time', days, minutes: at };
  }
  const days = daysLater(DAY_END.exec(said)?.[1] ?? '');
  return days === null ? null : { kind: 'time', days, minutes: 1440 };
}

function minutesOf(hours: number, minutes: number, half: string | undefined): number | null {
  if (half === 'am' || half === 'pm') {
    if (hours < 1 || hours > 12 || minutes > 59) return null;
    return ((hours % 12) + (half === 'pm' ? 12 : 0)) * 60 + minutes;
  }
  const at = hours * 60 + minutes;
  return minutes > 59 || at > 1440 ? null : at;
}

function daysLater(day: string): number | null {
  switch (day.replace(/^the /, '')) {
    case 'day':
    case 'same day':
    case 'day of the call':
    case 'today':
    case 'midnight':
      return 0;
    case 'next day':
    case 'following day':
    case 'day after':
      return 1;
    default:
      return null;
  }
}

/** The moment until which a call made at `at` (both epoch milliseconds) can be undone; days are those of the time zone. */
export function undoableUntil(window: UndoWindow, at: number, zone: string): number {
  if (window.kind === 'duration') return at + window.ms;
  return momentOf(zone, dayOf(wallAt(zone, at)) + window.days * DAY + window.minutes * MINUTE);
}
