import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { forecastSpend, LEAST_DAYS } from './forecast';

const usd = fc.double({ min: 0, max: 1000, noNaN: true });

describe('the forecast of spending', () => {
  it('is honest when there are too few days', () => {
    expect(forecastSpend([1, 2, 3], 6, 20)).toEqual({ known: false, days: 3, needed: LEAST_DAYS });
  });

  it('goes on as the last days went', () => {
    expect(forecastSpend([2, 2, 2, 2, 2, 2, 2], 30, 10)).toEqual({
      known: true,
      usd: 50,
      low: 50,
      high: 50,
      days: 7,
      perDayUsd: 2,
      daysLeft: 10,
    });
  });

  it('is less sure the more the days differ and the more of them are to come', () => {
    const width = (recent: number[], left: number) => {
      const forecast = forecastSpend(recent, 0, left);
      return forecast.known ? forecast.high - forecast.usd : Number.NaN;
    };
    expect(width([1, 3, 1, 3, 1, 3, 1, 3], 10)).toBeGreaterThan(width([2, 2, 2, 2, 2, 2, 2, 3], 10));
    expect(width([1, 3, 1, 3, 1, 3, 1, 3], 20)).toBeGreaterThan(width([1, 3, 1, 3, 1, 3, 1, 3], 10));
    expect(width([1, 3, 1, 3, 1, 3, 1, 3], 0)).toBe(0);
  });

  it('is never below what is spent already, and lies within its own interval', () => {
    fc.assert(
      fc.property(
        fc.array(usd, { minLength: LEAST_DAYS, maxLength: 40 }),
        usd,
        fc.double({ min: 0, max: 31, noNaN: true }),
        (recent, spent, left) => {
          const forecast = forecastSpend(recent, spent, left);
          if (!forecast.known) throw new Error('Enough days were given.');
          expect(forecast.low).toBeGreaterThanOrEqual(spent);
          expect(forecast.low).toBeLessThanOrEqual(forecast.usd + 1e-9);
          expect(forecast.high).toBeGreaterThanOrEqual(forecast.usd);
        },
      ),
    );
  });

  it('holds what comes in about four of five months like those before', () => {
    // A walk of days drawn from one distribution, with a seed: how often the sum of the days to come lies in the interval.
    let state = 12_345;
    const random = () => {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
      return state / 2_147_483_648;
    };
    let inside = 0;
    for (let month = 0; month < 2000; month += 1) {
      const days = Array.from({ length: 44 }, () => 5 + 10 * random());
      const forecast = forecastSpend(days.slice(0, 28), 0, 16);
      const came = days.slice(28).reduce((sum, day) => sum + day, 0);
      if (forecast.known && came >= forecast.low && came <= forecast.high) inside += 1;
    }
    expect(inside / 2000).toBeGreaterThan(0.76);
    expect(inside / 2000).toBeLessThan(0.84);
  });
});
