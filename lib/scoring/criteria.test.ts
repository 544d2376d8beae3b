import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Criterion,
  criterionScore,
  criterionValue,
  DAY_MS,
  onScale,
  qualityOf,
  reaches,
  readsSignal,
  SHARE,
  type SignalSum,
  signalsOfRun,
  standCriterion,
} from './criteria';

const NOW = Date.UTC(2026, 5, 30, 12);
const criterion = (over: Partial<Criterion> = {}): Criterion => ({
  id: 'right-answer',
  statement: 'Answers are right.',
  signal: 'eval',
  metric: 'answer accuracy',
  comparison: '>=',
  target: 0.8,
  windowDays: 30,
  leastSamples: 10,
  freshnessDays: 7,
  weight: 1,
  ...over,
});
const sum = (value: number, samples: number, daysAgo: number, unit: string | null = null): SignalSum => ({
  ...{ unit, sum: value * samples, samples, lowest: value, highest: value, atMs: NOW - daysAgo * DAY_MS },
});
const stand = (sums: SignalSum[], over: Partial<Criterion> = {}) =>
  standCriterion(criterion(over), { sums, suite: null }, NOW);

describe('where a criterion stands', () => {
  it('is 53% against 80%: missed, with two thirds of the way', () => {
    expect(stand([sum(0.53, 100, 1)])).toMatchObject({
      state: 'known',
      value: 0.53,
      met: false,
      score: 66.25,
      samples: 100,
    });
  });

  it('is unknown, with the reason, when it is unbound, silent, stale or rests on too few', () => {
    const { signal: _, ...unbound } = criterion();
    expect(standCriterion(unbound, { sums: [], suite: null }, NOW)).toMatchObject({
      state: 'unknown',
      why: 'unbound',
      score: null,
    });
    expect(stand([])).toMatchObject({
      why: 'silent',
      reason: 'No eval result of it has come in.',
      value: null,
    });
    expect(stand([sum(1, 100, 8)])).toMatchObject({
      why: 'stale',
      met: null,
      score: null,
      reason: 'The latest is 8 d old; it counts for 7 days.',
    });
    expect(stand([sum(1, 9, 1)])).toMatchObject({
      why: 'too-few',
      met: null,
      reason: '9 samples in 30 days; at least 10 are needed.',
    });
  });

  it('counts the days of its window whole, and nothing before', () => {
    expect(stand([sum(1, 10, 1), sum(0, 990, 31)])).toMatchObject({ value: 1, samples: 10 });
    expect(stand([sum(1, 10, 1), sum(0, 10, 30)])).toMatchObject({ value: 0.5, samples: 20 });
  });

  it('leaves out what is off its scale, and says so', () => {
    expect(stand([sum(53, 5, 1), sum(1, 10, 1)])).toMatchObject({
      value: 1,
      samples: 10,
      reason: '10 samples in 30 days. 5 samples off the scale left out.',
    });
    expect(stand([sum(53, 50, 1)])).toMatchObject({ state: 'unknown', why: 'off-scale' });
  });

  it('in dollars reads no euros: it is unknown and says why, and says what it left out beside dollars', () => {
    const dollars = { unit: 'USD', target: 40, comparison: '<=' as const };
    expect(stand([sum(30, 12, 1, 'EUR')], dollars)).toMatchObject({
      state: 'unknown',
      why: 'wrong-unit',
      value: null,
      met: null,
      score: null,
      reason: '12 samples in the window, in EUR, which does not fit USD.',
    });
    expect(stand([sum(30, 12, 1, 'EUR'), sum(50, 10, 1, 'usd')], dollars)).toMatchObject({
      state: 'known',
      value: 50,
      met: false,
      reason: '10 samples in 30 days. 12 samples in EUR left out.',
    });
  });

  it('in per cent reads no stars, and in stars no yes or no', () => {
    expect(stand([sum(4, 12, 1, 'stars')], { unit: '%', target: 80 })).toMatchObject({ why: 'wrong-unit' });
    expect(stand([sum(1, 12, 1, 'star')])).toMatchObject({
      why: 'wrong-unit',
      reason: '12 samples in the window, in star, which does not fit a share of 1.',
    });
    expect(stand([sum(1, 12, 1, SHARE)], { unit: 'stars', target: 4 })).toMatchObject({
      why: 'wrong-unit',
      reason: '12 samples in the window, in yes or no, which does not fit stars.',
    });
    const suite = { unit: 'ms', value: 900, samples: 20, atMs: NOW - DAY_MS };
    expect(
      standCriterion(criterion({ unit: 's', target: 2, comparison: '<=' }), { sums: [], suite }, NOW),
    ).toMatchObject({ why: 'wrong-unit' });
  });

  it('takes the newest set for all before it', () => {
    const suite = { unit: null, value: 0.9, samples: 20, atMs: NOW - DAY_MS };
    expect(standCriterion(criterion(), { sums: [], suite }, NOW)).toMatchObject({
      value: 0.9,
      samples: 20,
      met: true,
    });
  });

  it('reads shares, per cent and stars in the unit of the criterion', () => {
    expect(stand([sum(80, 10, 1, '%')])).toMatchObject({ value: 0.8, met: true });
    expect(stand([sum(1, 8, 1, SHARE), sum(0, 2, 1, SHARE)], { unit: '%', target: 80 })).toMatchObject({
      value: 80,
      met: true,
    });
    expect(stand([sum(3, 10, 1)], { unit: 'stars', target: 4 })).toMatchObject({ value: 3, score: 75 });
    expect([
      criterionValue(0.53, criterion()),
      criterionValue(53, { target: 80, unit: '%' }),
      criterionValue(4.2, { target: 4, unit: 'stars' }),
    ]).toEqual(['53%', '53%', '4.2 stars']);
  });

  it('is never unknown and scored, nor known without a value, whatever came in', () => {
    const sums = fc.array(
      fc.record({
        value: fc.double({ min: 0, max: 1.2, noNaN: true }),
        samples: fc.integer({ min: 1, max: 50 }),
        days: fc.integer({ min: 0, max: 60 }),
      }),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(
        sums,
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 40 }),
        (given, leastSamples, freshnessDays) => {
          const one = stand(
            given.map(({ value, samples, days }) => sum(value, samples, days)),
            { leastSamples, freshnessDays },
          );
          if (one.state === 'unknown')
            expect([one.met, one.score, one.why === null]).toEqual([null, null, false]);
          else {
            expect(one.value).not.toBeNull();
            expect(one.samples).toBeGreaterThanOrEqual(leastSamples);
            expect(one.met).toBe(one.score === 100);
          }
        },
      ),
    );
  });

  it('does not care how signals are cut into days or in which order they come', () => {
    const values = fc.array(fc.tuple(fc.constantFrom(0, 0.25, 0.5, 1), fc.integer({ min: 1, max: 5 })), {
      minLength: 1,
      maxLength: 20,
    });
    fc.assert(
      fc.property(values, (given) => {
        const single = given.map(([value, samples]) => sum(value, samples, 1));
        const together: SignalSum = {
          ...sum(0, 0, 1),
          sum: single.reduce((total, one) => total + one.sum, 0),
          samples: single.reduce((total, one) => total + one.samples, 0),
          lowest: Math.min(...single.map((one) => one.lowest)),
          highest: Math.max(...single.map((one) => one.highest)),
        };
        expect(stand([...single].reverse()).value).toBeCloseTo(stand([together]).value ?? -1, 9);
      }),
    );
  });
});

describe('how far a value got', () => {
  it('rises with the value where more is better, falls where less is, and is 100 exactly where the target is reached', () => {
    const scales = fc.constantFrom(
      criterion(),
      criterion({ comparison: '<=', target: 0.05 }),
      criterion({ comparison: '<=', target: 0 }),
      criterion({ unit: '%', target: 90 }),
      criterion({ unit: 'stars', target: 4 }),
      criterion({ unit: 'days', comparison: '<=', target: 3 }),
    );
    fc.assert(
      fc.property(
        scales,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (one, a, b) => {
          const [low, high] = [Math.min(a, b), Math.max(a, b)].map(
            (each) => each * (one.unit === undefined ? 1 : 100),
          );
          if (low === undefined || high === undefined) return;
          const [atLow, atHigh] = [criterionScore(one, low), criterionScore(one, high)];
          if (one.comparison === '>=') expect(atHigh).toBeGreaterThanOrEqual(atLow - 1e-9);
          else expect(atLow).toBeGreaterThanOrEqual(atHigh - 1e-9);
          for (const [value, score] of [
            [low, atLow],
            [high, atHigh],
          ] as const) {
            expect(score).toBeGreaterThanOrEqual(0);
            expect(score).toBeLessThanOrEqual(100);
            if (reaches(one, value)) expect(score).toBe(100);
          }
        },
      ),
    );
  });

  it('is off the scale where it cannot be read', () => {
    expect([
      onScale(criterion(), 53, null),
      onScale(criterion(), -0.1, null),
      onScale({ target: 4, unit: 'stars' }, 53, null),
      onScale({ target: 40, unit: 'USD' }, 53, 'EUR'),
      onScale({ target: 40, unit: 'USD' }, 53, 'usd'),
      onScale({ target: 40 }, 53, 'USD'),
    ]).toEqual([null, null, 53, null, 53, null]);
  });
});

describe('which signals a criterion reads', () => {
  it('those of its family that go by its id, metric or clause, in any spelling', () => {
    const names = ['right-answer', 'Right_Answer', 'ANSWER ACCURACY', 'quality/criteria/right-answer'];
    expect(names.map((metric) => readsSignal(criterion(), { family: 'eval', metric }))).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect(readsSignal(criterion(), { family: 'sme', metric: 'right-answer' })).toBe(false);
    expect(readsSignal(criterion(), { family: 'eval', metric: 'answer' })).toBe(false);
  });
});

describe('the quality pillar', () => {
  const part = (score: number | null, weight = 1) => ({ clause: 'quality/criteria/x', weight, score });

  it('of a team with one bound criterion of four families knows that one, and leaves the rest open', () => {
    expect(qualityOf([part(100, 2), part(null), part(null)], null)).toMatchObject({
      score: 100,
      low: 40,
      high: 100,
      coverage: 0.4,
    });
  });

  it('of a contract that asks for nothing is unknown, anywhere from 0 to 100', () => {
    expect(qualityOf([], undefined)).toEqual({ score: null, low: 0, high: 100, coverage: 0, parts: [] });
  });

  it('lies within its range, which learning more only narrows', () => {
    const parts = fc.array(
      fc.tuple(fc.option(fc.double({ min: 0, max: 100, noNaN: true })), fc.integer({ min: 1, max: 5 })),
      { minLength: 1, maxLength: 8 },
    );
    fc.assert(
      fc.property(parts, fc.double({ min: 0, max: 100, noNaN: true }), (given, learnt) => {
        const before = qualityOf(
          given.map(([score, weight]) => part(score, weight)),
          undefined,
        );
        if (before.score !== null) {
          expect(before.score).toBeGreaterThanOrEqual(before.low - 0.1);
          expect(before.score).toBeLessThanOrEqual(before.high + 0.1);
        }
        const unknown = given.findIndex(([score]) => score === null);
        if (unknown === -1) return;
        const after = qualityOf(
          given.map(([score, weight], index) => part(index === unknown ? learnt : score, weight)),
          undefined,
        );
        expect(after.low).toBeGreaterThanOrEqual(before.low - 0.1);
        expect(after.high).toBeLessThanOrEqual(before.high + 0.1);
        expect(after.coverage).toBeGreaterThan(before.coverage);
      }),
    );
  });
});

describe('what criteria say of one run', () => {
  it('is the weight of those its signals measured, and how far each got', () => {
    const criteria = [
      criterion({ id: 'done', signal: 'outcome', weight: 3 }),
      criterion({ id: 'stars', signal: 'feedback', unit: 'stars', target: 4 }),
      criterion(),
    ];
    const signals = [
      { family: 'outcome' as const, metric: 'done', value: 0, unit: SHARE, samples: 1 },
      { family: 'feedback' as const, metric: 'stars', value: 2, unit: null, samples: 1 },
      { family: 'feedback' as const, metric: 'unread', value: 9, unit: null, samples: 1 },
    ];
    expect(signalsOfRun(criteria, signals)).toMatchObject({
      weight: 4,
      points: 50,
      measured: [
        { id: 'done', score: 0 },
        { id: 'stars', score: 50 },
      ],
    });
    expect(signalsOfRun(criteria, [])).toEqual({ weight: 0, points: 0, measured: [] });
  });
});
