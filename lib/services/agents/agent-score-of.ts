import type { Contract } from '@/lib/contract/schema';
import { scoreWeights } from '@/lib/contract/terms';
import type { AgentTerm } from '@/lib/scoring/agent-terms';
import type { QualityPillar } from '@/lib/scoring/criteria';
import { type Pillar, type PillarPart, scoreAgent } from '@/lib/scoring/performance';
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
  /** The terms of the score, for working it out again; empty without a contract. */
  terms: AgentTerm[];
}

/**
 * What the runs of an agent say of it under the contract in force.
 *
 * @param quality what signals say of it, runs' technical health included; left out: that alone
 */
export function scoreOf(
  sums: ScoreSums,
  contract: Contract | null,
  quality?: Pick<QualityPillar, 'score' | 'coverage' | 'parts'>,
): AgentScore {
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
    terms: contract === null ? [] : termsOf(sums, contract, parts, quality?.parts),
  };
}

function termsOf(
  sums: ScoreSums,
  contract: Contract,
  parts: Record<Pillar, PillarPart>,
  criteria: QualityPillar['parts'] | undefined,
): AgentTerm[] {
  const weights = scoreWeights(contract);
  const ofRuns = (pillar: Pillar, known: number, thousandths: number): AgentTerm => ({
    pillar,
    score: parts[pillar].score,
    weight: weights[pillar],
    known,
    of: sums.scored,
    sum: thousandths / 1000,
  });
  const weightOf = (all: QualityPillar['parts']) => all.reduce((sum, { weight }) => sum + weight, 0);
  return [
    ofRuns('risk', sums.riskScored, sums.riskScoreSum),
    criteria === undefined
      ? ofRuns('quality', sums.qualityScored, sums.qualityScoreSum)
      : {
          pillar: 'quality',
          score: parts.quality.score,
          weight: weights.quality,
          known: weightOf(criteria.filter(({ score }) => score !== null)),
          of: weightOf(criteria),
          sum: null,
        },
    ofRuns('cost', sums.costScored, sums.costScoreSum),
  ];
}
