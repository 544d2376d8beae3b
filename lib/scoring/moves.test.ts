import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LEAST_RUNS, meanMove, mixMove, shareInterval, shareMove } from './moves';

describe('a share of runs', () => {
  it('moved when the difference is more than chance', () => {
    expect(shareMove({ hits: 90, of: 100 }, { hits: 60, of: 100 })).toMatchObject({ verdict: 'moved' });
    expect(shareMove({ hits: 90, of: 100 }, { hits: 86, of: 100 })).toMatchObject({ verdict: 'steady' });
    // By hand: pooled 0.75, error 0.0612, difference −0.3.
    expect(shareMove({ hits: 90, of: 100 }, { hits: 60, of: 100 }).z).toBeCloseTo(-4.899, 3);
  });

  it('of too few runs is neither steady nor moved', () => {
    expect(shareMove({ hits: 29, of: 29 }, { hits: 0, of: 500 })).toEqual({ verdict: 'too-few', z: null });
  });

  it('that is all or nothing both times is steady', () => {
    expect(shareMove({ hits: 50, of: 50 }, { hits: 80, of: 80 })).toEqual({ verdict: 'steady', z: 0 });
  });
});

describe('a mix of classes', () => {
  it('is steady when it is the same, and moved when a class swells', () => {
    expect(mixMove([80, 10, 10, 0], [160, 20, 20, 0])).toMatchObject({ verdict: 'steady' });
    expect(mixMove([80, 10, 10, 0], [40, 10, 50, 0])).toMatchObject({ verdict: 'moved' });
  });

  it('of few runs needs a larger difference than of many', () => {
    expect(mixMove([20, 10], [16, 16]).verdict).toBe('steady');
    expect(mixMove([2000, 1000], [1600, 1600]).verdict).toBe('moved');
  });

  it('has an index that is never negative, and the same both ways', () => {
    const counts = fc.array(fc.nat(1000), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(counts, counts, (before, now) => {
        const there = mixMove(before, now).psi;
        const back = mixMove(now, before).psi;
        if (there === null) expect(back).toBeNull();
        else {
          expect(there).toBeGreaterThanOrEqual(0);
          expect(back).toBeCloseTo(there, 9);
        }
      }),
    );
  });
});

describe('a mean', () => {
  const sample = (mean: number, count = 100, variance = 1) => ({ mean, count, variance });
  it('moved when it is a tenth more and more than chance', () => {
    expect(meanMove(sample(10), sample(12))).toMatchObject({ verdict: 'moved', change: 0.2 });
    expect(meanMove(sample(10), sample(10.5))).toMatchObject({ verdict: 'steady' });
    expect(meanMove(sample(10, 40, 400), sample(12, 40, 400))).toMatchObject({ verdict: 'steady' });
    expect(meanMove(sample(10), sample(12, LEAST_RUNS - 1))).toMatchObject({ verdict: 'too-few' });
  });
});

describe('the interval of a share', () => {
  it('holds the share, lies within 0 and 1, and narrows with more runs', () => {
    fc.assert(
      fc.property(fc.nat(500), fc.integer({ min: 1, max: 500 }), (hits, of) => {
        const [low, high] = shareInterval(Math.min(hits, of), of) ?? [0, 0];
        const share = Math.min(hits, of) / of;
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
        expect(low - 1e-9).toBeLessThanOrEqual(share);
        expect(high + 1e-9).toBeGreaterThanOrEqual(share);
      }),
    );
    expect(shareInterval(0, 0)).toBeNull();
    const width = ([low, high]: [number, number]) => high - low;
    expect(width(shareInterval(850, 1000) ?? [0, 1])).toBeLessThan(width(shareInterval(85, 100) ?? [0, 1]));
  });
});
