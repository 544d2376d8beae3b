import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reviewsFor, upperCount, upperShare } from './silent-bound';

/** n over k, exactly. */
function choose(n: number, k: number): bigint {
  if (k < 0 || k > n) return 0n;
  let result = 1n;
  for (let i = 1n; i <= BigInt(k); i += 1n) result = (result * (BigInt(n - k) + i)) / i;
  return result;
}

/** Chances in a million of finding at most `k` wrong among `n` of `population`, `hits` of which are: exact. */
function perMillion(k: number, n: number, hits: number, population: number): bigint {
  let ways = 0n;
  for (let x = 0; x <= Math.min(k, n); x += 1) ways += choose(hits, x) * choose(population - hits, n - x);
  return (ways * 1_000_000_000n) / choose(population, n);
}

function binomial(n: number, p: number): number[] {
  return Array.from({ length: n + 1 }, (_, x) => Number(choose(n, x)) * p ** x * (1 - p) ** (n - x));
}

describe('the bound on the share of wrong silent runs', () => {
  it('says 7.2% when 40 were reviewed and none was wrong', () => {
    expect(upperShare(0, 40)).toBeCloseTo(0.0721575, 6);
  });

  it.each([
    // Solved with exact fractions.
    [1, 10, 0.3941633],
    [2, 20, 0.2826185],
    [5, 50, 0.198833],
    [10, 100, 0.1637176],
  ])('is exact: %i of %i', (wrong, reviewed, share) => {
    expect(upperShare(wrong, reviewed)).toBeCloseTo(share, 5);
  });

  it('follows the rule of three when none was wrong', () => {
    for (const reviewed of [30, 100, 300, 1000, 10_000]) {
      const bound = upperShare(0, reviewed) ?? 1;
      expect(bound).toBeLessThan(3 / reviewed);
      expect(bound).toBeGreaterThan(2.85 / reviewed);
    }
  });

  it('knows nothing before anything was reviewed, and everything is possible when all were wrong', () => {
    expect(upperShare(0, 0)).toBeNull();
    expect(upperShare(7, 7)).toBe(1);
  });

  it('is right at least 95 times of 100, whatever the true share: every outcome tried', () => {
    for (const reviewed of [1, 2, 3, 5, 10, 20, 40])
      for (let percent = 0; percent <= 100; percent += 1) {
        const p = percent / 100;
        const covered = binomial(reviewed, p).reduce(
          (sum, chance, wrong) => ((upperShare(wrong, reviewed) ?? 1) >= p ? sum + chance : sum),
          0,
        );
        expect(covered).toBeGreaterThanOrEqual(0.95 - 1e-9);
      }
  });

  it('never falls when one more was wrong, nor rises when one more was right', () => {
    fc.assert(
      fc.property(fc.nat(200), fc.nat(200), (wrong, right) => {
        const bound = upperShare(wrong, wrong + right) ?? 1;
        expect(upperShare(wrong + 1, wrong + 1 + right) ?? 1).toBeGreaterThanOrEqual(bound);
        expect(upperShare(wrong, wrong + right + 1) ?? 1).toBeLessThanOrEqual(bound);
        expect(bound).toBeGreaterThan(wrong / Math.max(1, wrong + right) - 1e-12);
      }),
    );
  });

  it('refuses figures that cannot be', () => {
    expect(() => upperShare(3, 2)).toThrow(RangeError);
    expect(() => upperShare(-1, 2)).toThrow(RangeError);
    expect(() => upperShare(0.5, 2)).toThrow(RangeError);
    expect(() => upperCount(0, 3, 2)).toThrow(RangeError);
  });
});

describe('the bound on how many of these very runs are wrong', () => {
  it('is what counting every possibility gives', () => {
    for (let population = 1; population <= 24; population += 1)
      for (let reviewed = 1; reviewed <= population; reviewed += 1)
        for (let wrong = 0; wrong <= reviewed; wrong += 1) {
          let most = wrong;
          for (let hits = wrong; hits <= population - (reviewed - wrong); hits += 1)
            if (perMillion(wrong, reviewed, hits, population) > 50_000_000n) most = hits;
          expect([population, reviewed, wrong, upperCount(wrong, reviewed, population)]).toEqual([
            population,
            reviewed,
            wrong,
            most,
          ]);
        }
  });

  it('is right at least 95 times of 100, however many are wrong', () => {
    const population = 60;
    for (const reviewed of [1, 5, 20, 40, 59])
      for (let hits = 0; hits <= population; hits += 1) {
        let covered = 0n;
        for (let wrong = 0; wrong <= Math.min(hits, reviewed); wrong += 1)
          if (reviewed - wrong <= population - hits && (upperCount(wrong, reviewed, population) ?? 0) >= hits)
            covered += choose(hits, wrong) * choose(population - hits, reviewed - wrong);
        expect(Number((covered * 1_000_000n) / choose(population, reviewed))).toBeGreaterThanOrEqual(949_999);
      }
  });

  it('is what was found once all were reviewed', () => {
    expect(upperCount(0, 731, 731)).toBe(0);
    expect(upperCount(4, 731, 731)).toBe(4);
  });

  it('is never looser than the share says', () => {
    fc.assert(
      fc.property(fc.nat(20), fc.nat(200), fc.nat(3000), (wrong, right, rest) => {
        const reviewed = wrong + right;
        const population = reviewed + rest;
        const share = upperShare(wrong, reviewed);
        const count = upperCount(wrong, reviewed, population);
        if (share === null || count === null) return;
        expect(count / population).toBeLessThanOrEqual(share + 1e-9);
        expect(count).toBeGreaterThanOrEqual(wrong);
      }),
    );
  });

  it('stands for a million runs too', () => {
    expect((upperCount(0, 400, 1_000_000) ?? 0) / 1_000_000).toBeCloseTo(upperShare(0, 400) ?? 0, 4);
  });
});

describe('how many reviews a bound takes', () => {
  it('is the fewest that suffice', () => {
    expect(reviewsFor(0.05, 0)).toBe(59);
    expect(reviewsFor(0.01, 0)).toBe(299);
    fc.assert(
      fc.property(fc.nat(5), fc.integer({ min: 1, max: 40 }), (wrong, percent) => {
        const reviews = reviewsFor(percent / 100, wrong);
        if (reviews === null) return;
        expect(upperShare(wrong, reviews)).toBeLessThanOrEqual(percent / 100);
        if (reviews - 1 > wrong) expect(upperShare(wrong, reviews - 1)).toBeGreaterThan(percent / 100);
      }),
    );
  });

  it('is nothing to count on when it is too many', () => {
    expect(reviewsFor(0.000001, 0)).toBeNull();
  });
});
