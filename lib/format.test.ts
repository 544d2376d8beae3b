import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  alignDecimals,
  formatBytes,
  formatClock,
  formatCompact,
  formatCount,
  formatDate,
  formatDateTime,
  formatDay,
  formatDuration,
  formatList,
  formatMoney,
  formatNumber,
  formatPercent,
  formatPrice,
  formatRelative,
  isTimeZone,
  plural,
  shortDigest,
} from './format';

const NIGHT = '2026-11-21T01:04:11.208Z';

describe('times', () => {
  test('are written with their zone, in summer and winter', () => {
    expect(formatDateTime(NIGHT, 'Europe/Berlin')).toBe('21 Nov 2026, 02:04:11 CET');
    expect(formatDateTime(NIGHT, 'UTC', 'minute')).toBe('21 Nov 2026, 01:04 UTC');
    expect(formatDateTime(NIGHT, 'America/New_York')).toBe('20 Nov 2026, 20:04:11 GMT-5');
    expect(formatDateTime('2026-07-01T12:00:00Z', 'Europe/Berlin', 'minute')).toBe('1 Jul 2026, 14:00 CEST');
  });
  test('keep their milliseconds in a timeline', () => {
    expect(formatClock(NIGHT, 'Europe/Berlin', 'millisecond')).toBe('02:04:11.208');
    expect(formatClock('2026-11-21T00:00:00Z', 'UTC', 'minute')).toBe('00:00');
  });
  test('are the same from a string, a date or a number', () => {
    expect(formatDate(Date.parse(NIGHT), 'UTC')).toBe(formatDate(new Date(NIGHT), 'UTC'));
    expect(formatDay(NIGHT, 'UTC')).toBe('21 Nov');
  });
  test('of an unknown zone are refused before they are written', () => {
    expect(isTimeZone('Europe/Berlin')).toBe(true);
    expect(isTimeZone('Mars/Olympus')).toBe(false);
  });
});

describe('relative times', () => {
  const now = Date.parse(NIGHT);
  test.each([
    [0, 'now'],
    [41_900, '41 s ago'],
    [3 * 60_000 + 59_000, '3 min ago'],
    [72 * 60_000, '1 h ago'],
    [25 * 3_600_000, '1 day ago'],
    [50 * 3_600_000, '2 days ago'],
    [90 * 86_400_000, '2 months ago'],
    [3 * 365.25 * 86_400_000, '3 years ago'],
    [-180_000, 'in 3 min'],
  ])('%d ms before now reads "%s"', (before, text) => {
    expect(formatRelative(now - before, now)).toBe(text);
  });
});

describe('durations', () => {
  test.each([
    [0, '0 s'],
    [0.0004, '1 µs'],
    [0.812, '812 µs'],
    [0.9996, '1 ms'],
    [3.44, '3.4 ms'],
    [9.96, '10 ms'],
    [620, '620 ms'],
    [999.6, '1 s'],
    [38_200, '38.2 s'],
    [59_960, '1 min'],
    [72_000, '1 min 12 s'],
    [3_599_600, '1 h'],
    [4_320_000, '1 h 12 min'],
    [86_399_000, '1 d'],
    [273_600_000, '3 d 4 h'],
    [-1500, '−1.5 s'],
    [Number.NaN, '–'],
  ])('%d ms reads "%s"', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
  test('never reach the limit of their own unit', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e10, noNaN: true }), (ms) => {
        expect(formatDuration(ms)).not.toMatch(/^1000 |^60(\.0)? s|^60 min| 60 s$| 60 min$| 24 h$/);
      }),
    );
  });
});

describe('money', () => {
  test.each([
    [12_400, '$12,400'],
    [12_400.5, '$12,400.50'],
    [400, '$400.00'],
    [2, '$2.00'],
    [0.29, '$0.29'],
    [0.0995, '$0.10'],
    [0.0246, '$0.025'],
    [0.0042, '$0.0042'],
    [0.000031, '$0.000031'],
    [0.00994, '$0.0099'],
    [0.00996, '$0.01'],
    [0, '$0.00'],
    [-0.5, '-$0.50'],
    [1e-12, 'under $0.000000001'],
    [Number.NaN, '–'],
  ])('%d dollars read "%s"', (usd, text) => {
    expect(formatMoney(usd)).toBe(text);
  });
  test('that was spent never reads as nothing', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-15, max: 0.1, noNaN: true }), (usd) => {
        expect(formatMoney(usd)).toMatch(/[1-9]/);
      }),
    );
  });
});

describe('counts and shares', () => {
  test('set thousands apart', () => {
    expect(formatCount(4120)).toBe('4,120');
    expect(formatCompact(9999)).toBe('9,999');
    expect(formatCompact(12_345)).toBe('12.3k');
    expect(formatCompact(3_400_000)).toBe('3.4M');
    expect(formatNumber(1234.5678)).toBe('1,234.57');
    expect(plural(1, 'run')).toBe('1 run');
    expect(plural(4120, 'run')).toBe('4,120 runs');
    expect(plural(9, 'person', 'people')).toBe('9 people');
  });
  test.each([
    [0.985, '98.5%'],
    [1, '100%'],
    [0, '0%'],
    [731 / 732, '99.9%'],
    [0.99999, '99.9%'],
    [0.00001, '0.1%'],
    [0.5, '50%'],
  ])('%d reads "%s"', (share, text) => {
    expect(formatPercent(share)).toBe(text);
  });
  test('100% means all and 0% means none', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 0, max: 1e6 }), (all, some) => {
        const share = Math.min(some, all) / all;
        expect(formatPercent(share) === '100%').toBe(share === 1);
        expect(formatPercent(share) === '0%').toBe(share === 0);
      }),
    );
  });
});

test('bytes are written in the unit that reads best', () => {
  expect(formatBytes(812)).toBe('812 B');
  expect(formatBytes(1234)).toBe('1.2 kB');
  expect(formatBytes(999_600)).toBe('1 MB');
  expect(formatBytes(104_857_600)).toBe('105 MB');
});

test('digests are shortened, short names stay whole', () => {
  expect(shortDigest('9f3c0000000000000000000000000000e1a4')).toBe('9f3c…e1a4');
  expect(shortDigest('r-0732')).toBe('r-0732');
});

test('lists end in "and"', () => {
  expect(formatList(['Miriam', 'Tomas', 'Idris'])).toBe('Miriam, Tomas and Idris');
});

test('a price is written to its last decimal, never rounded', () => {
  expect([0.0375, 3, 0.01875, 12.5].map(formatPrice)).toEqual(['$0.0375', '$3.00', '$0.01875', '$12.50']);
});

test('in a column the decimal points stand under each other, and every figure keeps what it says', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1e6, noNaN: true })), (values) => {
      const texts = values.map(formatMoney).filter((text) => /\d$/.test(text));
      const aligned = alignDecimals(texts);
      expect(aligned.map((text) => text.trimEnd())).toEqual(texts);
      const fromPoint = aligned.map((text) => text.length - (/[.\u2008]/.exec(text)?.index ?? text.length));
      expect(new Set(fromPoint).size).toBeLessThanOrEqual(1);
    }),
  );
  expect(alignDecimals(['$0.03', 'unpriced', '$0.00025'])).toEqual([
    '$0.03\u2007\u2007\u2007',
    'unpriced',
    '$0.00025',
  ]);
});
