import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { momentOf, wallAt, wallOf } from './local-time';
import {
  type Away,
  byPerson,
  type Layer,
  layerSchema,
  type Override,
  onCallAt,
  type Rota,
  scheduleSchema,
  shiftsBetween,
} from './on-call';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const ZONES = [
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'Asia/Kolkata',
  'America/St_Johns',
  'UTC',
];
const PEOPLE = ['anna', 'boris', 'chen', 'dora'];

const layer = (over: Partial<Layer> = {}): Layer => ({
  id: 'days',
  name: 'Days',
  people: ['anna', 'boris'],
  every: { count: 1, unit: 'days' },
  startsOn: '2026-01-01',
  handoverAt: '09:00',
  windows: [],
  ...over,
});
const rota = (...layers: Layer[]): Rota => ({ timeZone: 'Europe/Berlin', layers });
const at = (iso: string) => Date.parse(iso);
const hours = ({ from, to }: { from: number; to: number }) => (to - from) / HOUR;
const who = (schedule: Rota, iso: string, overrides: Override[] = [], absences: Away[] = []) =>
  onCallAt(schedule, overrides, absences, at(iso)).person;

describe('a rotation', () => {
  test('passes from one to the next at the hour of its start, and around', () => {
    const days = rota(layer());
    expect(who(days, '2026-01-01T09:00+01:00')).toBe('anna');
    expect(who(days, '2026-01-02T08:59:59.999+01:00')).toBe('anna');
    expect(who(days, '2026-01-02T09:00+01:00')).toBe('boris');
    expect(who(days, '2026-01-03T09:00+01:00')).toBe('anna');
  });

  test('has nobody before it starts', () => {
    expect(onCallAt(rota(layer()), [], [], at('2025-12-31T23:00Z'))).toEqual({
      person: null,
      why: { by: 'nobody', because: 'hours', away: [] },
    });
  });

  test('of weeks is handed over on the weekday of its start', () => {
    // 5 January 2026 is a Monday.
    const weeks = rota(layer({ every: { count: 1, unit: 'weeks' }, startsOn: '2026-01-05' }));
    const shifts = shiftsBetween(weeks, [], [], at('2026-03-16T00:00Z'), at('2026-04-20T00:00Z'));
    expect(shifts.slice(1).map(({ from }) => new Date(from).toISOString())).toEqual([
      '2026-03-16T08:00:00.000Z',
      '2026-03-23T08:00:00.000Z',
      // Clocks have been set forward on 29 March: still 09:00 there.
      '2026-03-30T07:00:00.000Z',
      '2026-04-06T07:00:00.000Z',
      '2026-04-13T07:00:00.000Z',
    ]);
  });

  test('started in 1970 is as quick to tell as one of last week', () => {
    const old = rota(layer({ startsOn: '1970-01-01', every: { count: 1, unit: 'hours' } }));
    const begun = performance.now();
    expect(who(old, '2099-06-01T12:30Z')).not.toBeNull();
    expect(performance.now() - begun).toBeLessThan(100);
  });

  test('gives somebody with two turns both', () => {
    const turns = rota(layer({ people: ['anna', 'boris', 'anna'] }));
    expect(['01', '02', '03', '04'].map((day) => who(turns, `2026-01-${day}T12:00Z`))).toEqual([
      'anna',
      'boris',
      'anna',
      'anna',
    ]);
  });
});

describe('when clocks change', () => {
  const onDay = (from: string) =>
    shiftsBetween(rota(layer()), [], [], at(from), at(from) + 3 * DAY).find(
      (shift) => shift.from === at(from),
    );

  test('a shift of a day has 23 hours as they are set forward, 25 as they are set back', () => {
    expect(onDay('2026-03-28T08:00Z')).toSatisfy((shift) => hours(shift) === 23);
    expect(onDay('2026-10-24T07:00Z')).toSatisfy((shift) => hours(shift) === 25);
    expect(onDay('2026-10-26T08:00Z')).toSatisfy((shift) => hours(shift) === 24);
  });

  test('where they change by half an hour, a day has half an hour less or more', () => {
    const schedule = { timeZone: 'Australia/Lord_Howe', layers: [layer()] };
    const lengths = (from: string) =>
      shiftsBetween(schedule, [], [], at(from), at(from) + 4 * DAY)
        .slice(1, -1)
        .map(hours);
    expect(lengths('2026-10-02T00:00Z')).toContain(23.5);
    expect(lengths('2026-04-03T00:00Z')).toContain(24.5);
  });

  test('a handover at a time that clocks skip happens as they are set forward', () => {
    const night = rota(layer({ handoverAt: '02:30' }));
    expect(who(night, '2026-03-29T00:59:59Z')).toBe('anna');
    expect(who(night, '2026-03-29T01:00:00Z')).toBe('boris');
  });

  test('a handover at a time that clocks show twice happens the first time', () => {
    const night = rota(layer({ handoverAt: '02:30' }));
    const before = who(night, '2026-10-25T00:29:59Z');
    const after = who(night, '2026-10-25T00:30:00Z');
    expect(after).not.toBe(before);
    // 02:10 for the second time: the handover has been.
    expect(who(night, '2026-10-25T01:10:00Z')).toBe(after);
    expect(who(night, '2026-10-25T01:30:00Z')).toBe(after);
  });

  test('turns of an hour pass over the hour that is skipped, and one lasts two where one comes twice', () => {
    const hourly = rota(layer({ every: { count: 1, unit: 'hours' } }));
    const spring = shiftsBetween(hourly, [], [], at('2026-03-29T00:00Z'), at('2026-03-29T03:00Z'));
    expect(spring.map(hours)).toEqual([1, 1, 1]);
    const autumn = shiftsBetween(hourly, [], [], at('2026-10-24T23:00Z'), at('2026-10-25T03:00Z'));
    expect(autumn.map(hours)).toEqual([1, 2, 1]);
  });
});

describe('layers', () => {
  const nights = layer({
    id: 'nights',
    people: ['chen'],
    windows: [{ days: [1, 2, 3, 4, 5, 6, 7], from: '22:00', to: '06:00' }],
  });

  test('give nights to one rotation and the rest to another', () => {
    const both = rota(nights, layer());
    expect(who(both, '2026-01-02T21:59+01:00')).toBe('boris');
    expect(who(both, '2026-01-02T22:00+01:00')).toBe('chen');
    expect(who(both, '2026-01-03T05:59+01:00')).toBe('chen');
    expect(who(both, '2026-01-03T06:00+01:00')).toBe('boris');
  });

  test('leave a gap where none covers, and say so', () => {
    const alone = rota(nights);
    const shifts = shiftsBetween(alone, [], [], at('2026-02-01T12:00Z'), at('2026-02-02T12:00Z'));
    expect(shifts.map(({ person, why }) => [person, why.by])).toEqual(
      [
        [null, 'nobody'],
        ['chen', 'rotation'],
        ['chen', 'rotation'],
        [null, 'nobody'],
      ].filter((_, index) => index !== 2),
    );
  });

  test('cover a night that begins on a Friday until Saturday morning', () => {
    const friday = rota({ ...nights, windows: [{ days: [5], from: '22:00', to: '06:00' }] });
    // 9 January 2026 is a Friday.
    expect(who(friday, '2026-01-10T05:00+01:00')).toBe('chen');
    expect(who(friday, '2026-01-10T23:00+01:00')).toBeNull();
    expect(who(friday, '2026-01-09T05:00+01:00')).toBeNull();
  });

  test('with the same hour from and to cover the whole day', () => {
    const sunday = rota({ ...nights, windows: [{ days: [7], from: '00:00', to: '00:00' }] });
    const [, shift] = byPerson(
      shiftsBetween(sunday, [], [], at('2026-03-28T00:00Z'), at('2026-03-31T00:00Z')),
    );
    // 29 March 2026, when clocks are set forward.
    expect(shift).toMatchObject({
      person: 'chen',
      from: at('2026-03-28T23:00Z'),
      to: at('2026-03-29T22:00Z'),
    });
  });

  test('of which the first has everybody away pass to the next', () => {
    const answer = onCallAt(
      rota(nights, layer()),
      [],
      [{ person: 'chen', from: at('2026-01-01T00:00Z'), to: at('2026-02-01T00:00Z') }],
      at('2026-01-03T00:00Z'),
    );
    expect(answer).toEqual({
      person: 'boris',
      why: { by: 'rotation', layerId: 'days', turn: 1, away: ['chen'] },
    });
  });
});

describe('an override', () => {
  const over = (person: string, id = person): Override => ({
    id,
    person,
    from: at('2026-01-01T12:00Z'),
    to: at('2026-01-01T18:00Z'),
  });

  test('goes before the rotation until it ends', () => {
    const shifts = shiftsBetween(
      rota(layer()),
      [over('dora')],
      [],
      at('2026-01-01T10:00Z'),
      at('2026-01-01T20:00Z'),
    );
    expect(shifts.map(({ person }) => person)).toEqual(['anna', 'dora', 'anna']);
    expect(shifts[1]?.why).toEqual({ by: 'override', overrideId: 'dora', away: [] });
  });

  test('made later goes before one made earlier', () => {
    expect(who(rota(layer()), '2026-01-01T13:00Z', [over('dora'), over('chen')])).toBe('chen');
  });

  test('of somebody who is away leaves it to the one before, then to the rotation', () => {
    const away = (person: string): Away => ({ person, from: -Infinity, to: Infinity });
    const overrides = [over('dora'), over('chen')];
    expect(who(rota(layer()), '2026-01-01T13:00Z', overrides, [away('chen')])).toBe('dora');
    expect(onCallAt(rota(layer()), overrides, [away('chen'), away('dora')], at('2026-01-01T13:00Z'))).toEqual(
      { person: 'anna', why: { by: 'rotation', layerId: 'days', turn: 0, away: ['chen', 'dora'] } },
    );
  });
});

describe('people who are away', () => {
  const away = (person: string): Away => ({
    person,
    from: at('2026-01-02T00:00Z'),
    to: at('2026-01-05T00:00Z'),
  });

  test('are passed over for the next in the rotation, whose own turn stays', () => {
    const schedule = rota(layer({ people: ['anna', 'boris', 'chen'] }));
    expect(who(schedule, '2026-01-02T12:00Z', [], [away('boris')])).toBe('chen');
    expect(who(schedule, '2026-01-03T12:00Z', [], [away('boris')])).toBe('chen');
    expect(who(schedule, '2026-01-04T12:00Z', [], [away('boris')])).toBe('anna');
  });

  test('leave nobody when they are all', () => {
    expect(onCallAt(rota(layer()), [], [away('anna'), away('boris')], at('2026-01-03T00:00Z'))).toEqual({
      person: null,
      why: { by: 'nobody', because: 'away', away: ['boris', 'anna'] },
    });
  });
});

test('shifts of one person next to each other are one between handing over', () => {
  const alone = rota(layer({ people: ['anna'] }));
  const shifts = shiftsBetween(alone, [], [], at('2026-02-01T00:00Z'), at('2026-02-08T00:00Z'));
  expect(shifts).toHaveLength(8);
  expect(byPerson(shifts)).toMatchObject([{ from: at('2026-02-01T00:00Z'), to: at('2026-02-08T00:00Z') }]);
});

describe('what is no schedule is refused with words', () => {
  const fault = (over: Record<string, unknown>) =>
    layerSchema.safeParse({ ...layer({ people: ['0190b5f0-0000-7000-8000-000000000001'] }), ...over }).error
      ?.issues[0]?.message;

  test.each([
    [{ people: [] }, 'A rotation needs at least one person.'],
    [{ startsOn: '2026-02-30' }, 'Give a day.'],
    [{ startsOn: '1969-12-31' }, 'Choose a start from 1970 to 2099.'],
    [{ startsOn: '2100-01-01' }, 'Choose a start from 1970 to 2099.'],
    [{ handoverAt: '24:00' }, 'Give a time of day, e.g. 09:00.'],
    [{ every: { count: 0, unit: 'days' } }, 'At least one.'],
    [{ every: { count: 1.5, unit: 'days' } }, 'Give a whole number.'],
    [{ windows: [{ days: [], from: '09:00', to: '17:00' }] }, 'Choose at least one day.'],
  ])('%j: %s', (over, message) => {
    expect(fault(over)).toBe(message);
  });

  test('a zone that is none, and no rotation at all', () => {
    const read = scheduleSchema.safeParse({ timeZone: 'Mars/Olympus', layers: [] });
    expect(read.error?.issues.map((issue) => issue.message)).toEqual([
      'This is not a time zone, e.g. Europe/Berlin.',
      'A schedule needs at least one rotation.',
    ]);
  });
});

describe('whatever the schedule, at whatever time', () => {
  const time = fc
    .record({ hour: fc.integer({ min: 0, max: 23 }), minute: fc.constantFrom(0, 1, 15, 30, 59) })
    .map(({ hour, minute }) => `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`);
  const anyLayer = fc.record({
    id: fc.uuid(),
    name: fc.constant('A rotation'),
    people: fc.array(fc.constantFrom(...PEOPLE), { minLength: 1, maxLength: 5 }),
    every: fc.record({
      count: fc.integer({ min: 1, max: 9 }),
      unit: fc.constantFrom('hours' as const, 'days' as const, 'weeks' as const),
    }),
    startsOn: fc.constantFrom('1970-01-01', '2026-03-01', '2026-03-28', '2026-10-20', '2026-11-01'),
    handoverAt: time,
    windows: fc.array(
      fc.record({
        days: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 7 }),
        from: time,
        to: time,
      }),
      { maxLength: 2 },
    ),
  });
  const anyRota = fc.record({
    timeZone: fc.constantFrom(...ZONES),
    layers: fc.array(anyLayer, { minLength: 1, maxLength: 3 }),
  });
  // Around the days on which clocks change in one or other of the zones.
  const moment = fc
    .tuple(
      fc.constantFrom('2026-03-08', '2026-03-29', '2026-04-04', '2026-10-03', '2026-10-25', '2026-11-01'),
      fc.integer({ min: -2 * DAY, max: 2 * DAY }),
    )
    .map(([day, off]) => at(`${day}T00:00Z`) + off);
  const span = fc
    .tuple(moment, fc.integer({ min: 1, max: 3 * DAY }))
    .map(([from, length]) => ({ from, to: from + length }));
  const overrides = fc.array(
    fc.record({ id: fc.uuid(), person: fc.constantFrom(...PEOPLE), span }).map(({ span: each, ...rest }) => ({
      ...rest,
      ...each,
    })),
    { maxLength: 3 },
  );
  const absences = fc.array(
    fc
      .record({ person: fc.constantFrom(...PEOPLE), span })
      .map(({ person, span: each }) => ({ person, ...each })),
    { maxLength: 4 },
  );
  const all = [anyRota, overrides, absences, span] as const;

  test('shifts follow each other without a gap or an overlap', () => {
    fc.assert(
      fc.property(...all, (schedule, over, away, { from, to }) => {
        const shifts = shiftsBetween(schedule, over, away, from, to);
        expect(shifts[0]?.from).toBe(from);
        expect(shifts.at(-1)?.to).toBe(to);
        for (const [index, shift] of shifts.entries()) {
          expect(shift.from).toBeLessThan(shift.to);
          if (index > 0) expect(shift.from).toBe(shifts[index - 1]?.to);
        }
      }),
      { numRuns: 150 },
    );
  });

  test('a shift says of each of its moments what is true at that moment', () => {
    fc.assert(
      fc.property(
        ...all,
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 8, maxLength: 8 }),
        (schedule, over, away, { from, to }, shares) => {
          const shifts = shiftsBetween(schedule, over, away, from, to);
          const moments = [
            ...shares.map((share) => Math.min(to - 1, Math.floor(from + share * (to - from)))),
            ...shifts.flatMap((shift) => [shift.from, shift.to - 1]),
          ];
          for (const moment of moments) {
            const shift = shifts.find((each) => each.from <= moment && moment < each.to);
            expect({ person: shift?.person, why: shift?.why }).toEqual(
              onCallAt(schedule, over, away, moment),
            );
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  test('somebody is on call unless no rotation covers the hour or everybody in them is away', () => {
    fc.assert(
      fc.property(anyRota, overrides, absences, moment, (schedule, over, away, when) => {
        const { person, why } = onCallAt(schedule, over, away, when);
        const gone = (each: string) => away.some((a) => a.person === each && a.from <= when && when < a.to);
        if (person !== null) {
          expect(gone(person)).toBe(false);
          return;
        }
        for (const each of over)
          if (each.from <= when && when < each.to) expect(gone(each.person)).toBe(true);
        const covering = schedule.layers.filter(
          (each) => onCallAt({ ...schedule, layers: [each] }, [], [], when).person !== null,
        );
        expect(covering.every((each) => each.people.every(gone))).toBe(true);
        if (why.by === 'nobody' && why.because === 'hours') expect(covering).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  test('a rotation that is always on hands over at its hour on the wall, whatever clocks did', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ZONES), time, moment, (timeZone, handoverAt, when) => {
        const schedule = { timeZone, layers: [layer({ handoverAt, startsOn: '1999-12-31' })] };
        const shifts = shiftsBetween(schedule, [], [], when, when + 5 * DAY);
        for (const shift of shifts.slice(1)) {
          const wall = wallAt(timeZone, shift.from);
          const day = new Date(wall).toISOString().slice(0, 10);
          expect(shift.from).toBe(momentOf(timeZone, wallOf(day, handoverAt)));
        }
        for (const shift of shifts.slice(1, -1)) {
          expect(hours(shift)).toBeGreaterThanOrEqual(23);
          expect(hours(shift)).toBeLessThanOrEqual(25);
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('clocks on the wall', () => {
  test('show what they showed, there and back', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ZONES, 'Pacific/Apia', 'Africa/Casablanca'),
        fc.integer({ min: 0, max: at('2099-12-31T00:00Z') }).map((ms) => Math.floor(ms / 1000) * 1000),
        (zone, moment) => {
          const back = momentOf(zone, wallAt(zone, moment));
          // The same moment, or the first of the two at which clocks show it.
          expect(wallAt(zone, back)).toBe(wallAt(zone, moment));
          expect(back).toBeLessThanOrEqual(moment);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('never go back in moments as they go on on the wall', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ZONES),
        fc.constantFrom('2026-03-08', '2026-03-29', '2026-04-05', '2026-10-04', '2026-10-25', '2026-11-01'),
        fc.integer({ min: -720, max: 2160 }),
        fc.integer({ min: 0, max: 240 }),
        (zone, day, minute, more) => {
          const wall = wallOf(day, '00:00') + minute * 60_000;
          expect(momentOf(zone, wall)).toBeLessThanOrEqual(momentOf(zone, wall + more * 60_000));
        },
      ),
      { numRuns: 500 },
    );
  });

  test('skipped a whole day where the date line was crossed', () => {
    expect(momentOf('Pacific/Apia', wallOf('2011-12-30', '12:00'))).toBe(at('2011-12-30T10:00Z'));
  });

  test('know no 30 February', () => {
    expect(wallOf('2026-02-30', '09:00')).toBeNaN();
    expect(wallOf('soon', '09:00')).toBeNaN();
  });
});
