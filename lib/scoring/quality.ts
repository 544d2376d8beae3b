import type { Contract } from '@/lib/contract/schema';

/** How a run went, technically. */
export interface TechnicalHealth {
  durationMs: number;
  spans: number;
  /** Spans that ended in an error. */
  errors: number;
}

export interface TechnicalQuality {
  /** 0-100: the worse of the two below. */
  score: number;
  /** 0-100: 100 within the target, else target ÷ duration. */
  latency: number;
  /** 0-100: 100 within the tolerated share, else the share of spans that went well ÷ the share that had to. */
  errors: number;
}

/**
 * Technical health against `quality.technical`. Null is "unknown": the contract sets no target, or nothing was measured.
 * Unknown is never good. Formula: docs/scores.md.
 */
export function technicalQuality(
  targets: Contract['quality']['technical'],
  measured: TechnicalHealth,
): TechnicalQuality | null {
  if (targets === undefined || measured.spans === 0) return null;
  const latency =
    measured.durationMs <= targets.latencyMs ? 100 : (100 * targets.latencyMs) / measured.durationMs;
  const share = Math.min(1, measured.errors / measured.spans);
  const errors = share <= targets.errorRate ? 100 : (100 * (1 - share)) / (1 - targets.errorRate);
  return { score: Math.min(latency, errors), latency, errors };
}
