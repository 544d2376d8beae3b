import { oneDecimal } from './performance';

/**
 * What any set of runs comes to, so that two sets together are the sums of both. All but `askedOnly` counts runs that something
 * was recorded of. Scores are sums of thousandths of a point and of their squares, coverage of millionths, money US dollars.
 */
export interface RunSums {
  runs: number;
  /** Runs that only asked for decisions: what they did is not known. */
  askedOnly: number;
  /** No clause broken, nothing escalated or blocked. */
  clean: number;
  /** Took part in an incident; the others were silent. */
  paged: number;
  low: number;
  medium: number;
  high: number;
  critical: number;
  degraded: number;
  escalated: number;
  blocked: number;
  /** Runs that broke a clause; the four after it count their breaches. */
  breached: number;
  breachesLow: number;
  breachesMedium: number;
  breachesHigh: number;
  breachesCritical: number;
  /** Runs that called a tool. */
  calling: number;
  /** Runs that people have held, once or oftener. */
  held: number;
  spans: number;
  errors: number;
  toolCalls: number;
  modelCalls: number;
  unpricedCalls: number;
  unpricedRuns: number;
  inputTokens: number;
  outputTokens: number;
  costUsd: number;
  /** Runs without unpriced model calls, and what they cost. */
  pricedRuns: number;
  pricedCostUsd: number;
  pricedCostSquares: number;
  scored: number;
  scoreSum: number;
  scoreSquares: number;
  riskScored: number;
  riskScoreSum: number;
  riskScoreSquares: number;
  qualityScored: number;
  qualityScoreSum: number;
  qualityScoreSquares: number;
  costScored: number;
  costScoreSum: number;
  costScoreSquares: number;
  /** Of the scored runs. */
  coverageSum: number;
  /** Risk points. */
  riskSum: number;
  /** Without the time they waited for people. */
  durationMs: number;
  durationSquares: number;
  waitedMs: number;
}

export const NO_RUNS: Readonly<RunSums> = {
  runs: 0,
  askedOnly: 0,
  clean: 0,
  paged: 0,
  low: 0,
  medium: 0,
  high: 0,
  critical: 0,
  degraded: 0,
  escalated: 0,
  blocked: 0,
  breached: 0,
  breachesLow: 0,
  breachesMedium: 0,
  breachesHigh: 0,
  breachesCritical: 0,
  calling: 0,
  held: 0,
  spans: 0,
  errors: 0,
  toolCalls: 0,
  modelCalls: 0,
  unpricedCalls: 0,
  unpricedRuns: 0,
  inputTokens: 0,
  outputTokens: 0,
  costUsd: 0,
  pricedRuns: 0,
  pricedCostUsd: 0,
  pricedCostSquares: 0,
  scored: 0,
  scoreSum: 0,
  scoreSquares: 0,
  riskScored: 0,
  riskScoreSum: 0,
  riskScoreSquares: 0,
  qualityScored: 0,
  qualityScoreSum: 0,
  qualityScoreSquares: 0,
  costScored: 0,
  costScoreSum: 0,
  costScoreSquares: 0,
  coverageSum: 0,
  riskSum: 0,
  durationMs: 0,
  durationSquares: 0,
  waitedMs: 0,
};

export type RunMeasure = keyof RunSums;

const isMeasure = (name: string): name is RunMeasure => name in NO_RUNS;
/** In the order of the interface. */
export const RUN_MEASURES: readonly RunMeasure[] = Object.keys(NO_RUNS).filter(isMeasure);

/** What lists, estates and scores are made of: all that where many agents are read is worth reading. */
export const SCORE_MEASURES = [
  ...(['runs', 'askedOnly', 'paged', 'low', 'medium', 'high', 'critical', 'spans', 'errors'] as const),
  ...([
    'costUsd',
    'unpricedRuns',
    'pricedRuns',
    'pricedCostUsd',
    'scored',
    'scoreSum',
    'coverageSum',
  ] as const),
  ...([
    'riskScored',
    'riskScoreSum',
    'qualityScored',
    'qualityScoreSum',
    'costScored',
    'costScoreSum',
  ] as const),
  'durationMs' as const,
] satisfies readonly RunMeasure[];
export type ScoreSums = Pick<RunSums, (typeof SCORE_MEASURES)[number]>;

export function addSums(parts: Iterable<RunSums>): RunSums {
  const sums: RunSums = { ...NO_RUNS };
  for (const part of parts) for (const measure of RUN_MEASURES) sums[measure] += part[measure];
  return sums;
}

const BANDS_DOWN = ['critical', 'high', 'medium', 'low'] as const;

/** The worst band any run was in; null without runs. */
export function worstBand(
  sums: Pick<RunSums, (typeof BANDS_DOWN)[number]>,
): (typeof BANDS_DOWN)[number] | null {
  return BANDS_DOWN.find((band) => sums[band] > 0) ?? null;
}

/** Mean of the runs' composites, 0-100 to one decimal; null when none was scored. */
export const meanScore = ({ scored, scoreSum }: Pick<RunSums, 'scored' | 'scoreSum'>): number | null =>
  meanPoints(scored, scoreSum);

/** Means of the pillars, each over the runs that measured it. */
export function pillarMeans(sums: ScoreSums): {
  risk: number | null;
  quality: number | null;
  cost: number | null;
} {
  return {
    risk: meanPoints(sums.riskScored, sums.riskScoreSum),
    quality: meanPoints(sums.qualityScored, sums.qualityScoreSum),
    cost: meanPoints(sums.costScored, sums.costScoreSum),
  };
}

/** Mean share of the score's weight that was measured, 0-1; 0 when no run was scored. */
export const meanCoverage = ({ scored, coverageSum }: Pick<RunSums, 'scored' | 'coverageSum'>): number =>
  scored === 0 ? 0 : coverageSum / 1_000_000 / scored;

/** Runs that took part in no incident. */
export const silentRuns = ({ runs, paged }: Pick<RunSums, 'runs' | 'paged'>): number => runs - paged;

/** US dollars, over runs without unpriced model calls; null when there is none. */
export const costPerRun = ({
  pricedRuns,
  pricedCostUsd,
}: Pick<RunSums, 'pricedRuns' | 'pricedCostUsd'>): number | null =>
  pricedRuns === 0 ? null : pricedCostUsd / pricedRuns;

/** Spans that failed, 0-1; null without spans. */
export const errorShare = ({ errors, spans }: RunSums): number | null => share(errors, spans);

/** Count, mean and sample variance of a figure of runs, in points, dollars or milliseconds, for intervals around the mean. */
export interface Spread {
  count: number;
  mean: number;
  variance: number;
}

export function spreadOf(
  sums: RunSums,
  figure: 'score' | 'riskScore' | 'qualityScore' | 'costScore' | 'cost' | 'duration',
): Spread | null {
  switch (figure) {
    case 'score':
      return points(sums.scored, sums.scoreSum, sums.scoreSquares);
    case 'riskScore':
      return points(sums.riskScored, sums.riskScoreSum, sums.riskScoreSquares);
    case 'qualityScore':
      return points(sums.qualityScored, sums.qualityScoreSum, sums.qualityScoreSquares);
    case 'costScore':
      return points(sums.costScored, sums.costScoreSum, sums.costScoreSquares);
    case 'cost':
      return spread(sums.pricedRuns, sums.pricedCostUsd, sums.pricedCostSquares);
    case 'duration':
      return spread(sums.runs, sums.durationMs, sums.durationSquares);
  }
}

function points(count: number, sum: number, squares: number): Spread | null {
  return spread(count, sum / 1000, squares / 1_000_000);
}

function spread(count: number, sum: number, squares: number): Spread | null {
  if (count === 0) return null;
  const mean = sum / count;
  const variance = count === 1 ? 0 : Math.max(0, (squares - (sum * sum) / count) / (count - 1));
  return { count, mean, variance };
}

function meanPoints(count: number, thousandths: number): number | null {
  return count === 0 ? null : oneDecimal(thousandths / 1000 / count);
}

function share(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}
