import { z } from 'zod';
import { BANDS, type Contract } from '@/lib/contract/schema';
import { type Measured, type RunScore, scoreRun } from '@/lib/scoring/performance';

/** What a run is scored by, as the run `r` of a statement has it; `storedFacts` reads it. */
export const STORED_FACTS = `r.risk, r.cost_usd, r.unpriced_calls, r.input_tokens + r.output_tokens AS tokens,
  r.tool_calls, r.span_count, r.error_count, r.score_formula, r.signal_weight, r.signal_points,
  (SELECT b.severity FROM breach b WHERE b.run_id = r.id
    ORDER BY array_position('{critical,high,medium,low}', b.severity) LIMIT 1) AS worst_breach`;

export const storedFacts = z.object({
  risk: z.number(),
  cost_usd: z.number(),
  unpriced_calls: z.number(),
  tokens: z.number(),
  tool_calls: z.number(),
  span_count: z.number(),
  error_count: z.number(),
  score_formula: z.number(),
  signal_weight: z.number(),
  signal_points: z.number(),
  worst_breach: z.enum(BANDS).nullable(),
});

/** The score of a stored run, by the formula it began with, from what has become of it; null while it has no span. */
export function scoreStoredRun(
  contract: Contract,
  run: z.output<typeof storedFacts>,
  { durationMs, signals }: { durationMs: number; signals: NonNullable<Measured['signals']> },
): RunScore | null {
  if (run.span_count === 0) return null;
  return scoreRun(
    contract,
    {
      risk: run.risk,
      worstBreach: run.worst_breach,
      costUsd: run.cost_usd,
      unpricedCalls: run.unpriced_calls,
      tokens: run.tokens,
      calls: run.tool_calls,
      durationMs,
      spans: run.span_count,
      errors: run.error_count,
      signals,
    },
    run.score_formula,
  );
}
