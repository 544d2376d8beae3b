import type { ActionClass, Band, Contract } from '@/lib/contract/schema';
import type { Finding } from '@/lib/decision/types';

export type RiskProfile = Contract['risk'];

/** What one span touched, as far as risk is concerned. */
export interface Touched {
  /** Declared by the contract's tool entry, sent with the span or detected in its content. Each counts once. */
  categories: readonly string[];
  /** Null when the contract does not know the tool: the profile's highest multiplier counts then. */
  action: ActionClass | null;
  /** True when the call can carry data out. */
  egress: boolean;
}

/** What a run's risk needs of its spans, whatever the rule and in whatever order they come. */
export interface RiskSums {
  sum: number;
  max: number;
}

/** The top of the scale of category weights, which a profile that names none falls back to. */
export const HIGHEST_WEIGHT = 10;

/**
 * Σ over the categories touched of (category weight × action multiplier × egress multiplier, when it carries data out),
 * times the audience factor. No unit. A span that touched no category has risk 0. A category without a weight counts
 * with the highest weight of the profile: unknown is not harmless. Formula: docs/scores.md.
 */
export function spanRisk(profile: RiskProfile, touched: Touched): number {
  const { categories } = touched;
  if (categories.length === 0) return 0;
  let weights = 0;
  for (const [position, category] of categories.entries())
    if (categories.indexOf(category) === position) weights += weightOf(profile, category);
  const { read, write, transact } = profile.actions;
  const multiplier =
    touched.action === null ? Math.max(read, write, transact) : profile.actions[touched.action];
  return weights * multiplier * (touched.egress ? profile.egress : 1) * profile.audience.factor;
}

/** The data categories of a call that reach the agent: without those `evaluate` found to be filtered. */
export function withoutFiltered(
  categories: readonly string[],
  findings: readonly Finding[],
): readonly string[] {
  if (!findings.some((finding) => finding.code === 'filtered')) return categories;
  return categories.filter(
    (category) => !findings.some((finding) => finding.code === 'filtered' && finding.detail === category),
  );
}

/** The weight of a category, 0 to 10; of one the profile does not know, the highest it has. */
export function weightOf(profile: RiskProfile, category: string): number {
  const weight = Object.hasOwn(profile.categories, category) ? profile.categories[category] : undefined;
  if (weight !== undefined) return weight;
  const weights = Object.values(profile.categories);
  return weights.length === 0 ? HIGHEST_WEIGHT : Math.max(...weights);
}

export function emptyRiskSums(): RiskSums {
  return { sum: 0, max: 0 };
}

/** Adds the risk of one span. */
export function addSpanRisk(sums: RiskSums, risk: number): void {
  sums.sum += risk;
  if (risk > sums.max) sums.max = risk;
}

/**
 * The risk of a run by its profile's rule: `sum` of its spans, `max` of them, or `capped`: the highest span plus the rest,
 * of which at most `share` × the highest counts.
 */
export function runRisk(profile: RiskProfile, sums: RiskSums): number {
  const { aggregate } = profile;
  switch (aggregate.rule) {
    case 'sum':
      return sums.sum;
    case 'max':
      return sums.max;
    case 'capped':
      return sums.max + Math.min(Math.max(0, sums.sum - sums.max), aggregate.share * sums.max);
  }
}

/** Reaching a threshold is being in its band. */
export function bandOf(thresholds: RiskProfile['thresholds'], risk: number): Band {
  if (risk >= thresholds.critical) return 'critical';
  if (risk >= thresholds.high) return 'high';
  return risk >= thresholds.medium ? 'medium' : 'low';
}
