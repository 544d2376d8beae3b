import type { Contract } from '@/lib/contract/schema';
import { scoreWeights } from '@/lib/contract/terms';
import { type PillarPart, scoreAgent } from '@/lib/scoring/performance';
import {
  costPerRun,
  meanCoverage,
  meanScore,
  pillarMeans,
  type ScoreSums,
  silentRuns,
} from '@/lib/scoring/run-sums';

export interface AgentScore {
  /** 0-100, from its pillars by the weights of its contract; null when nothing was measured in the window. */
  score: number | null;
  pillars: { risk: number | null; quality: number | null; cost: number | null };
  /** Share of the score's weight that was measured, 0-1. */
  coverage: number;
  /** Runs that something was recorded of. */
  runs: number;
  scoredRuns: number;
  /** Those of `runs` that opened no incident. */
  silentRuns: number;
  /** Runs that only asked for decisions: nothing is known of what they did, so they count in nothing else here. */
  askedOnlyRuns: number;
  /** US dollars a run, over runs without unpriced model calls; null when there is none. */
  costPerRunUsd: number | null;
  /** Runs with at least one model call that has no price; they are left out of the cost a run. */
  unpricedRuns: number;
}

/**
 * What the runs of an agent say of it under the contract in force.
 *
 * @param quality what signals say of it, runs' technical health included; left out: that alone
 */
export function scoreOf(sums: ScoreSums, contract: Contract | null, quality?: PillarPart): AgentScore {
  const means = pillarMeans(sums);
  const counted = (score: number | null, runs: number): PillarPart => ({
    score,
    coverage: sums.scored === 0 ? 0 : runs / sums.scored,
  });
  const parts = {
    risk: counted(means.risk, sums.riskScored),
    quality: quality ?? counted(means.quality, sums.qualityScored),
    cost: counted(means.cost, sums.costScored),
  };
  const composite =
    contract === null
      ? { score: meanScore(sums), coverage: meanCoverage(sums) }
      : scoreAgent(scoreWeights(contract), parts);
  return {
    ...composite,
    pillars: { risk: parts.risk.score, quality: parts.quality.score, cost: parts.cost.score },
    runs: sums.runs,
    scoredRuns: sums.scored,
    silentRuns: silentRuns(sums),
    askedOnlyRuns: sums.askedOnly,
    costPerRunUsd: costPerRun(sums),
    unpricedRuns: sums.unpricedRuns,
  };
}
