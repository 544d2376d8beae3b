import { LEAST_RUNS, shareInterval, shareMove } from './moves';
import {
  errorShare,
  meanCoverage,
  meanScore,
  pillarMeans,
  type RunSums,
  type Spread,
  silentRuns,
  spreadOf,
} from './run-sums';

/** One figure of one version: what it is, and between what the true one lies at 95%, as far as that can be said. */
export interface VersionFigure {
  /** Null: not measured. */
  value: number | null;
  /** Null: too few runs to say, or a figure of which it cannot be said. */
  interval: [low: number, high: number] | null;
  /** How many runs it rests on. */
  runs: number;
}

export const FIGURES = [
  'score',
  'risk-score',
  'quality-score',
  'cost-score',
  'silent',
  'breached',
  'severe',
  'cost',
  'duration',
  'errors',
] as const;
export type FigureName = (typeof FIGURES)[number];

/** Whether two versions differ beyond chance; `too-few`: fewer than 30 runs on a side, so nobody can tell. */
export type Verdict = 'differs' | 'alike' | 'too-few' | 'untested';

export interface FigurePair {
  name: FigureName;
  unit: 'score' | 'share' | 'money' | 'duration';
  /** Which way is well. */
  better: 'more' | 'less';
  a: VersionFigure;
  b: VersionFigure;
  verdict: Verdict;
}

/** z beyond which a difference of means is taken for more than chance: one time in a hundred, both sides. */
const Z_LIMIT = 2.576;
const Z_95 = 1.96;

/**
 * The figures of two versions side by side, from the sums of their runs. Means: Welch's test as z, shares: two proportions, or
 * Fisher's exact test where so few are expected that the normal curve does not hold; at 1%, and only from 30 runs on each side. A share of spans is not tested: spans of a run
 * are not independent of each other.
 */
export function compareFigures(a: RunSums, b: RunSums): FigurePair[] {
  const mean = (
    name: FigureName,
    figure: Parameters<typeof spreadOf>[1],
    unit: FigurePair['unit'],
    better: FigurePair['better'],
    told: (sums: RunSums) => number | null = (sums) => spreadOf(sums, figure)?.mean ?? null,
  ): FigurePair => {
    const [left, right] = [spreadOf(a, figure), spreadOf(b, figure)];
    return {
      name,
      unit,
      better,
      a: meanFigure(left, told(a)),
      b: meanFigure(right, told(b)),
      verdict: meansDiffer(left, right),
    };
  };
  const share = (
    name: FigureName,
    better: FigurePair['better'],
    hits: (sums: RunSums) => number,
  ): FigurePair => {
    const [left, right] = [
      { hits: hits(a), of: a.runs },
      { hits: hits(b), of: b.runs },
    ];
    return {
      name,
      unit: 'share',
      better,
      a: shareFigure(left),
      b: shareFigure(right),
      verdict: sharesDiffer(left, right),
    };
  };
  return [
    mean('score', 'score', 'score', 'more', meanScore),
    mean('risk-score', 'riskScore', 'score', 'more', (sums) => pillarMeans(sums).risk),
    mean('quality-score', 'qualityScore', 'score', 'more', (sums) => pillarMeans(sums).quality),
    mean('cost-score', 'costScore', 'score', 'more', (sums) => pillarMeans(sums).cost),
    share('silent', 'more', silentRuns),
    share('breached', 'less', (sums) => sums.breached),
    share('severe', 'less', (sums) => sums.high + sums.critical),
    mean('cost', 'cost', 'money', 'less'),
    mean('duration', 'duration', 'duration', 'less'),
    {
      name: 'errors',
      unit: 'share',
      better: 'less',
      a: { value: errorShare(a), interval: null, runs: a.runs },
      b: { value: errorShare(b), interval: null, runs: b.runs },
      verdict: 'untested',
    },
  ];
}

function meanFigure(spread: Spread | null, value: number | null): VersionFigure {
  if (spread === null) return { value: null, interval: null, runs: 0 };
  const half = Z_95 * Math.sqrt(spread.variance / spread.count);
  return {
    value,
    interval: spread.count < LEAST_RUNS ? null : [spread.mean - half, spread.mean + half],
    runs: spread.count,
  };
}

function shareFigure({ hits, of }: { hits: number; of: number }): VersionFigure {
  return {
    value: of === 0 ? null : hits / of,
    interval: of < LEAST_RUNS ? null : shareInterval(hits, of),
    runs: of,
  };
}

interface Share {
  hits: number;
  of: number;
}

/** Below so many expected on a side, of either kind, only the exact test tells the truth. */
const LEAST_EXPECTED = 5;
const P_LIMIT = 0.01;

function sharesDiffer(a: Share, b: Share): Verdict {
  if (a.of < LEAST_RUNS || b.of < LEAST_RUNS) return 'too-few';
  const hits = a.hits + b.hits;
  const rarer = Math.min(hits, a.of + b.of - hits);
  const expected = (rarer * Math.min(a.of, b.of)) / (a.of + b.of);
  const differs =
    expected < LEAST_EXPECTED ? exactChance(a, b) < P_LIMIT : shareMove(a, b).verdict === 'moved';
  return differs ? 'differs' : 'alike';
}

/** Fisher's exact test, both sides: how likely it is that hits fall as unevenly or more so by chance alone. */
function exactChance(a: Share, b: Share): number {
  const all = a.of + b.of;
  const hits = a.hits + b.hits;
  // The rarer kind is the one that is dealt out: the other follows from it.
  const [dealt, inA] = hits * 2 <= all ? [hits, a.hits] : [all - hits, a.of - a.hits];
  const logChance = (k: number) => logChoose(a.of, k) + logChoose(b.of, dealt - k) - logChoose(all, dealt);
  const seen = logChance(inA);
  let chance = 0;
  for (let k = Math.max(0, dealt - b.of); k <= Math.min(dealt, a.of); k += 1) {
    const each = logChance(k);
    if (each <= seen + 1e-7) chance += Math.exp(each);
  }
  return Math.min(1, chance);
}

function logChoose(n: number, k: number): number {
  let sum = 0;
  const few = Math.min(k, n - k);
  for (let step = 1; step <= few; step += 1) sum += Math.log((n - few + step) / step);
  return sum;
}

function meansDiffer(a: Spread | null, b: Spread | null): Verdict {
  if (a === null || b === null || a.count < LEAST_RUNS || b.count < LEAST_RUNS) return 'too-few';
  const error = Math.sqrt(a.variance / a.count + b.variance / b.count);
  const difference = Math.abs(b.mean - a.mean);
  // Sums of squares leave dust behind where all runs are alike.
  const dust = 1e-9 * Math.max(1, Math.abs(a.mean), Math.abs(b.mean));
  if (error <= dust) return difference <= dust ? 'alike' : 'differs';
  return difference / error > Z_LIMIT ? 'differs' : 'alike';
}

/** Mean share of the score's weight that was measured, of both: a score of less is not the same score. */
export function coverages(a: RunSums, b: RunSums): [number, number] {
  return [meanCoverage(a), meanCoverage(b)];
}
