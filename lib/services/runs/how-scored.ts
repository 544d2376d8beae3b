import type { Band } from '@/lib/contract/schema';
import { toolOf } from '@/lib/decision/compile';
import { explainRunRisk, type RunRiskTerms } from '@/lib/scoring/explain-risk';
import { infrastructureCost, type PillarScore, scoreRun } from '@/lib/scoring/performance';
import type { RiskProfile, Touched } from '@/lib/scoring/risk';
import type { ContractInForce } from '@/lib/services/contracts/contract-in-force';
import type { RunRecord } from './run-row';

/** Columns of `run r` beside those of a list, for `howScored`. */
export const HOW_SCORED_COLUMNS = `r.score_formula, r.signal_weight, r.signal_points,
  (r.fold #>> '{risk,sum}')::float8 AS risk_sum, (r.fold #>> '{risk,max}')::float8 AS risk_max`;

export interface HowScoredRecord {
  score_formula: number;
  signal_weight: number;
  signal_points: number;
  /** Of its spans' risks; null for a run that only asked for decisions. */
  risk_sum: number | null;
  risk_max: number | null;
}

/** What a run's page shows of how its score came about. */
export interface HowScored {
  /** Every figure that went into the score, pillar by pillar; empty without a contract. */
  reproduce: PillarScore[];
  /** The formula that scored it (lib/scoring/performance.ts). */
  scoreFormula: number;
  /** How its spans' risks came to the run's; null without a contract. */
  riskTerms: RunRiskTerms | null;
  /** The profile its spans were scored with, and what it knows of each tool; null without a contract. */
  riskProfile: { profile: RiskProfile; tools: Record<string, Omit<Touched, 'categories'>> } | null;
  /** US dollars, for the time it worked; null: its contract names no rate. */
  infrastructureUsd: number | null;
}

/** Everything that went into a stored score, worked out again by the formula the run began with. */
export function howScored(
  version: ContractInForce | null,
  row: RunRecord & HowScoredRecord,
  worstBreach: Band | null,
): HowScored {
  if (version === null)
    return {
      reproduce: [],
      scoreFormula: row.score_formula,
      riskTerms: null,
      riskProfile: null,
      infrastructureUsd: null,
    };
  const { contract, compiled } = version;
  const known = (tool: string): Omit<Touched, 'categories'> => {
    const { action, egress } = toolOf(compiled, tool);
    return { action, egress };
  };
  return {
    reproduce:
      row.score === null
        ? []
        : scoreRun(
            contract,
            {
              risk: row.risk,
              worstBreach,
              costUsd: row.cost_usd,
              unpricedCalls: row.unpriced_calls,
              tokens: row.input_tokens + row.output_tokens,
              calls: row.tool_calls,
              durationMs: row.duration_ms,
              spans: row.span_count,
              errors: row.error_count,
              signals: { weight: row.signal_weight, points: row.signal_points },
            },
            row.score_formula,
          ).reproduce,
    scoreFormula: row.score_formula,
    riskTerms:
      row.risk_sum === null || row.risk_max === null
        ? null
        : explainRunRisk(contract.risk, { sum: row.risk_sum, max: row.risk_max }),
    riskProfile: {
      profile: contract.risk,
      // The entry of every other tool is that of "*", or of none at all.
      tools: Object.fromEntries([...Object.keys(contract.tools), '*'].map((tool) => [tool, known(tool)])),
    },
    infrastructureUsd: row.span_count === 0 ? null : infrastructureCost(contract.cost, row.duration_ms),
  };
}
