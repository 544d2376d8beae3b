import type { ActionClass } from '@/lib/contract/schema';
import { type RiskProfile, type RiskSums, runRisk, spanRisk, type Touched, weightOf } from './risk';

/** How one span came to its risk, term by term. */
export interface SpanRiskTerms {
  /** Each category once with its weight; `known` is false when the profile names none and its highest counts. */
  categories: { category: string; weight: number; known: boolean }[];
  /** Null: the contract does not know the tool, and the highest multiplier counts. */
  action: ActionClass | null;
  multiplier: number;
  /** Null: it carries nothing out. */
  egress: number | null;
  audience: number;
  risk: number;
}

/** The terms of a span's risk: their product is what `spanRisk` gives. */
export function explainSpanRisk(profile: RiskProfile, touched: Touched): SpanRiskTerms {
  const { read, write, transact } = profile.actions;
  return {
    categories: [...new Set(touched.categories)].map((category) => ({
      category,
      weight: weightOf(profile, category),
      known: Object.hasOwn(profile.categories, category),
    })),
    action: touched.action,
    multiplier: touched.action === null ? Math.max(read, write, transact) : profile.actions[touched.action],
    egress: touched.egress ? profile.egress : null,
    audience: profile.audience.factor,
    risk: spanRisk(profile, touched),
  };
}

/** How a run came to its risk from its spans, in the words of its rule. */
export interface RunRiskTerms {
  rule: RiskProfile['aggregate']['rule'];
  /** Of `capped`: how much of the highest span all others may add. */
  share: number | null;
  sum: number;
  highest: number;
  /** What the other spans add. */
  rest: number;
  risk: number;
}

export function explainRunRisk(profile: RiskProfile, sums: RiskSums): RunRiskTerms {
  const { aggregate } = profile;
  const risk = runRisk(profile, sums);
  return {
    rule: aggregate.rule,
    share: aggregate.rule === 'capped' ? aggregate.share : null,
    sum: sums.sum,
    highest: sums.max,
    rest: Math.max(0, risk - sums.max),
    risk,
  };
}
