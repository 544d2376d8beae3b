import { z } from 'zod';
import { isTimeZone } from '@/lib/format';
import { dayOf, momentOf, sinceMidnight, wallAt, wallOf, weekdayOf } from './local-time';

/**
 * Who is on call at a moment. A schedule has layers, each a rotation of people; the first layer that covers a moment and has
 * somebody there decides, unless an override does. Handovers and hours go by the clocks of the schedule's zone: 09:00 stays
 * 09:00 when clocks change, so that a shift of a day then has 23 or 25 hours. What should begin at a time that clocks skip
 * begins as they are set forward; at a time they show twice it begins the first time.
 */

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const UNIT_MS = { hours: HOUR, days: DAY, weeks: 7 * DAY } as const;
export const UNITS = ['hours', 'days', 'weeks'] as const;

const timeSchema = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'Give a time of day, e.g. 09:00.');
/** Wide enough for every shift ever handed over, and narrow enough to catch a year that was mistyped. */
export const FIRST_YEAR = 1970;
export const LAST_YEAR = 2099;

/** Hours of a week in which a layer is on call; until `to` on the next day where that is not after `from`. */
export const windowSchema = z.strictObject({
  /** 1 Monday … 7 Sunday: the days on which it begins. */
  days: z
    .array(z.int().min(1).max(7))
    .min(1, 'Choose at least one day.')
    .transform((days) => [...new Set(days)].sort()),
  from: timeSchema,
  to: timeSchema,
});

export const layerSchema = z.strictObject({
  id: z.string().min(1).max(60),
  name: z.string().trim().min(1, 'Give the rotation a name.').max(80, 'At most 80 characters.'),
  /** Person ids, in the order of their turns; somebody may have several. */
  people: z.array(z.uuid()).min(1, 'A rotation needs at least one person.').max(50, 'At most 50 turns.'),
  every: z.strictObject({
    count: z.int('Give a whole number.').min(1, 'At least one.').max(366, 'At most 366.'),
    unit: z.enum(UNITS),
  }),
  /** The first handover, on the clocks of the schedule's zone; it sets the time of day and the weekday of all others. */
  startsOn: z
    .string()
    .refine((day) => !Number.isNaN(wallOf(day, '00:00')), 'Give a day.')
    .refine(
      (day) => Number(day.slice(0, 4)) >= FIRST_YEAR && Number(day.slice(0, 4)) <= LAST_YEAR,
      `Choose a start from ${FIRST_YEAR} to ${LAST_YEAR}.`,
    ),
  handoverAt: timeSchema,
  /** Empty: at all hours. */
  windows: z.array(windowSchema).max(14, 'At most 14 ranges of hours.'),
});

export const scheduleSchema = z.strictObject({
  timeZone: z.string().refine(isTimeZone, 'This is not a time zone, e.g. Europe/Berlin.'),
  layers: z
    .array(layerSchema)
    .min(1, 'A schedule needs at least one rotation.')
    .max(10, 'At most ten rotations.')
    .refine(
      (layers) => new Set(layers.map(({ id }) => id)).size === layers.length,
      'A rotation is there twice.',
    ),
});

export type Window = z.output<typeof windowSchema>;
export type Layer = z.output<typeof layerSchema>;
export type Rota = z.output<typeof scheduleSchema>;

/** A time from `from` until just before `to`, milliseconds since 1970; Infinity is allowed. */
export interface Span {
  from: number;
  to: number;
}
/** `person` is on call instead of whoever the rotations name. */
export interface Override extends Span {
  id: string;
  person: string;
}
/** `person` is away: passed over, whatever named them. */
export interface Away extends Span {
  person: string;
}

export type Why =
  | { by: 'override'; overrideId: string; away: string[] }
  /** `turn` counts the layer's handovers from its start. */
  | { by: 'rotation'; layerId: string; turn: number; away: string[] }
  /** `hours`: no layer covers the moment. `away`: some do, and everybody in them is away. */
  | { by: 'nobody'; because: 'hours' | 'away'; away: string[] };

/** Who is on call, and why; `why.away` are those who were passed over, first to last. */
export interface OnCall {
  person: string | null;
  why: Why;
}
export interface Shift extends Span, OnCall {}

const covers = (span: Span, at: number): boolean => span.from <= at && at < span.to;

/**
 * Exactly one answer for every moment.
 *
 * @param overrides in the order they were made: of several at once the last counts whose person is there
 */
export function onCallAt(
  rota: Rota,
  overrides: readonly Override[],
  absences: readonly Away[],
  at: number,
): OnCall {
  const gone = new Set(absences.filter((each) => covers(each, at)).map((each) => each.person));
  const away = new Set<string>();
  for (const override of overrides.toReversed()) {
    if (!covers(override, at)) continue;
    if (!gone.has(override.person))
      return {
        person: override.person,
        why: { by: 'override', overrideId: override.id, away: [...away] },
      };
    away.add(override.person);
  }
  let covered = false;
  for (const layer of rota.layers) {
    const turn = turnAt(layer, rota.timeZone, at);
    if (turn === null || !isInWindows(layer, rota.timeZone, at)) continue;
    covered = true;
    for (let n = 0; n < layer.people.length; n += 1) {
      const person = layer.people[(turn + n) % layer.people.length];
      if (person === undefined) continue;
      if (!gone.has(person))
        return { person, why: { by: 'rotation', layerId: layer.id, turn, away: [...away] } };
      away.add(person);
    }
  }
  return {
    person: null,
    why: { by: 'nobody', because: covered || away.size > 0 ? 'away' : 'hours', away: [...away] },
  };
}

/**
 * Who is on call from `from` until `to`, without a gap or an overlap: where nobody is, a shift without a person says so. A new
 * shift begins at each handover and wherever the person or the reason changes.
 */
export function shiftsBetween(
  rota: Rota,
  overrides: readonly Override[],
  absences: readonly Away[],
  from: number,
  to: number,
): Shift[] {
  if (!(from < to)) return [];
  const edges = new Set<number>([from]);
  const mark = (at: number) => {
    if (at > from && at < to) edges.add(at);
  };
  for (const span of [...overrides, ...absences]) {
    mark(span.from);
    mark(span.to);
  }
  for (const layer of rota.layers) {
    for (let turn = Math.max(0, turnAt(layer, rota.timeZone, from) ?? 0); ; turn += 1) {
      const at = handover(layer, rota.timeZone, turn);
      if (at >= to) break;
      mark(at);
    }
    if (layer.windows.length === 0) continue;
    const last = dayOf(wallAt(rota.timeZone, to)) + DAY;
    for (let day = dayOf(wallAt(rota.timeZone, from)) - DAY; day <= last; day += DAY)
      for (const window of layer.windows) {
        const span = windowOn(window, rota.timeZone, day);
        mark(span.from);
        mark(span.to);
      }
  }
  const shifts: Shift[] = [];
  const ordered = [...edges].sort((a, b) => a - b);
  for (const [index, at] of ordered.entries()) {
    const until = ordered[index + 1] ?? to;
    const here = onCallAt(rota, overrides, absences, at);
    const last = shifts.at(-1);
    if (last !== undefined && isSame(last, here)) last.to = until;
    else shifts.push({ from: at, to: until, ...here });
  }
  return shifts;
}

/** Shifts with those next to each other of one person made one: from handing over to handing over between people. */
export function byPerson(shifts: readonly Shift[]): Shift[] {
  const joined: Shift[] = [];
  for (const shift of shifts) {
    const last = joined.at(-1);
    if (last !== undefined && last.person === shift.person) last.to = shift.to;
    else joined.push({ ...shift });
  }
  return joined;
}

function isSame(a: OnCall, b: OnCall): boolean {
  return a.person === b.person && JSON.stringify(a.why) === JSON.stringify(b.why);
}

/** When a turn of a layer begins. */
function handover(layer: Layer, zone: string, turn: number): number {
  const first = wallOf(layer.startsOn, layer.handoverAt);
  return momentOf(zone, first + turn * layer.every.count * UNIT_MS[layer.every.unit]);
}

/** Which turn a moment is in; null before the first. */
function turnAt(layer: Layer, zone: string, at: number): number | null {
  const first = wallOf(layer.startsOn, layer.handoverAt);
  let turn = Math.floor((wallAt(zone, at) - first) / (layer.every.count * UNIT_MS[layer.every.unit]));
  // Where clocks show a time twice, the wall alone does not tell which turn it is.
  while (turn >= 0 && handover(layer, zone, turn) > at) turn -= 1;
  while (handover(layer, zone, turn + 1) <= at) turn += 1;
  return turn < 0 ? null : turn;
}

function windowOn(window: Window, zone: string, day: number): Span {
  const from = sinceMidnight(window.from);
  const to = sinceMidnight(window.to);
  return { from: momentOf(zone, day + from), to: momentOf(zone, day + to + (to > from ? 0 : DAY)) };
}

function isInWindows(layer: Layer, zone: string, at: number): boolean {
  if (layer.windows.length === 0) return true;
  const today = dayOf(wallAt(zone, at));
  // Tomorrow's too: where clocks are set back past midnight it has begun already.
  return layer.windows.some((window) =>
    [today - DAY, today, today + DAY].some(
      (day) => window.days.includes(weekdayOf(day)) && covers(windowOn(window, zone, day), at),
    ),
  );
}
