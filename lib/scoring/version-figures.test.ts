import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addSums, NO_RUNS, type RunSums } from './run-sums';
import { compareFigures, type FigureName } from './version-figures';

/** The sums of runs with these scores, each costing so much. */
function runsOf(scores: readonly number[], over: Partial<RunSums> = {}): RunSums {
  return addSums([
    ...scores.map((score) => ({
      ...NO_RUNS,
      runs: 1,
      low: 1,
      scored: 1,
      scoreSum: score * 1000,
      scoreSquares: score * score * 1_000_000,
    })),
    { ...NO_RUNS, ...over },
  ]);
}
const around = (mean: number, count: number) =>
  Array.from({ length: count }, (_, index) => mean + (index % 2 === 0 ? 5 : -5));
const figure = (name: FigureName, a: RunSums, b: RunSums) => {
  const found = compareFigures(a, b).find((pair) => pair.name === name);
  if (found === undefined) throw new Error(`no figure ${name}`);
  return found;
};

describe('two versions side by side', () => {
  test('differ in score where chance would not do it', () => {
    expect(figure('score', runsOf(around(90, 60)), runsOf(around(80, 60)))).toMatchObject({
      a: { value: 90, runs: 60 },
      b: { value: 80, runs: 60 },
      verdict: 'differs',
    });
    expect(figure('score', runsOf(around(90, 60)), runsOf(around(90.5, 60))).verdict).toBe('alike');
  });

  test('are not compared below 30 runs, and have no interval there', () => {
    const pair = figure('score', runsOf(around(90, 29)), runsOf(around(20, 500)));
    expect(pair.verdict).toBe('too-few');
    expect(pair.a.interval).toBeNull();
    expect(pair.b.interval).not.toBeNull();
    expect(figure('silent', runsOf(around(90, 29)), runsOf(around(90, 500))).verdict).toBe('too-few');
  });

  test('show what was not measured as that, not as nought', () => {
    expect(figure('cost-score', runsOf([90]), runsOf([80])).a).toEqual({
      value: null,
      interval: null,
      runs: 0,
    });
    expect(figure('silent', NO_RUNS, NO_RUNS).a.value).toBeNull();
  });

  test('are alike where all their runs are', () => {
    expect(figure('score', runsOf(Array(40).fill(91.3)), runsOf(Array(40).fill(91.3))).verdict).toBe('alike');
  });

  test('do not differ by one run of few: where little is expected the exact test speaks', () => {
    const of = (runs: number, paged: number) => ({ ...NO_RUNS, runs, paged });
    // 1 of 77 beside 0 of 655: one time in ten by chance alone, whatever the normal curve says.
    expect(figure('silent', of(655, 0), of(77, 1)).verdict).toBe('alike');
    expect(figure('silent', of(655, 0), of(77, 3)).verdict).toBe('differs');
    expect(figure('silent', of(655, 1), of(655, 1)).verdict).toBe('alike');
    // The same, seen from the other side.
    expect(figure('silent', of(655, 655), of(77, 76)).verdict).toBe('alike');
  });

  test('tell shares with Wilson’s interval, which never leaves 0 to 1', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 30, max: 5000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (of, part) => {
          const sums = { ...NO_RUNS, runs: of, paged: Math.floor(of * part) };
          const { a } = figure('silent', sums, sums);
          const [low, high] = a.interval ?? [-1, 2];
          expect(low).toBeGreaterThanOrEqual(0);
          expect(high).toBeLessThanOrEqual(1);
          expect(a.value).toBeGreaterThanOrEqual(low - 1e-12);
          expect(a.value).toBeLessThanOrEqual(high + 1e-12);
        },
      ),
    );
  });
});
