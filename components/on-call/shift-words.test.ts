import { expect, test } from 'vitest';
import { spanWords, turnsWords, whyWords, windowsWords } from './shift-words';

test('a time within a day names the day once', () => {
  expect(spanWords({ from: '2026-11-23T08:00:00Z', to: '2026-11-23T16:00:00Z' }, 'Europe/Berlin')).toBe(
    'Mon 23 Nov, 09:00 – 17:00',
  );
  expect(spanWords({ from: '2026-11-23T08:00:00Z', to: '2026-11-30T08:00:00Z' }, 'Europe/Berlin')).toBe(
    'Mon 23 Nov, 09:00 – Mon 30 Nov, 09:00',
  );
});

test('hours of the week are told briefly', () => {
  expect(windowsWords([])).toBe('at all hours');
  expect(windowsWords([{ days: [1, 2, 3, 4, 5], from: '09:00', to: '17:00' }])).toBe('Mon–Fri 09:00–17:00');
  expect(
    windowsWords([
      { days: [6, 7], from: '00:00', to: '00:00' },
      { days: [1, 2, 3, 4, 5, 6, 7], from: '22:00', to: '06:00' },
    ]),
  ).toBe('Sat, Sun all day and every day 22:00–06:00');
  expect(windowsWords([{ days: [1, 3, 4, 5], from: '08:00', to: '08:00' }])).toBe(
    'Mon, Wed–Fri 08:00 for 24 hours',
  );
});

test('turns are told with their hour', () => {
  expect(turnsWords({ every: { count: 1, unit: 'weeks' }, handoverAt: '09:00' })).toBe(
    'handed over every week at 09:00',
  );
  expect(turnsWords({ every: { count: 12, unit: 'hours' }, handoverAt: '08:00' })).toBe(
    'handed over every 12 hours at 08:00',
  );
});

test('why somebody is on call names who was passed over', () => {
  expect(whyWords({ why: { by: 'rotation', layerId: 'a', layer: 'Days' }, away: ['Dana'] })).toBe(
    'Days, instead of Dana, away',
  );
  expect(whyWords({ why: { by: 'nobody', because: 'away' }, away: ['Dana', 'Idris'] })).toBe(
    'Dana and Idris are away',
  );
  expect(whyWords({ why: { by: 'nobody', because: 'hours' }, away: [] })).toBe(
    'no rotation covers this time',
  );
});
