import { categoryTitle } from '@/lib/contract/categories';
import { formatNumber } from '@/lib/format';
import { explainSpanRisk, type SpanRiskTerms } from '@/lib/scoring/explain-risk';
import type { SpanRow } from '@/lib/services/runs/list-run-spans';
import { type RiskContext, unclassifiedBecause } from './unclassified';

/** The risk of one span, term by term; what could not be classified is said, never shown as none. */
export function SpanRisk({ span, context }: { span: SpanRow; context: RiskContext }) {
  const { riskProfile } = context;
  const because = unclassifiedBecause(span, context);
  if (because !== null)
    return (
      <>
        <span className="text-medium">not classified</span>
        <span className="block text-ink-2">{because}</span>
      </>
    );
  if (span.operation !== 'tool' || span.tool === null || riskProfile === null)
    return <span className="text-ink-2">none: only calls of tools touch data</span>;
  if (span.categories.length === 0)
    return (
      <>
        0<span className="block text-ink-2">It touched no data with a category.</span>
      </>
    );
  const entry = riskProfile.tools[span.tool] ?? riskProfile.tools['*'] ?? { action: null, egress: false };
  const terms = explainSpanRisk(riskProfile.profile, { ...entry, categories: span.categories });
  return (
    <>
      <span className="font-medium">{formatNumber(span.risk, 2)}</span>
      <span className="block text-ink-2">{formulaOf(terms)}</span>
    </>
  );
}

/** "(contact 2 + payment 5) × 2 transact × 1.5 carried out × 1.2 audience". */
function formulaOf({ categories, action, multiplier, egress, audience }: SpanRiskTerms): string {
  const weights = categories.map(
    ({ category, weight, known }) =>
      `${categoryTitle(category)} ${formatNumber(weight)}${known ? '' : ' (no weight: the highest)'}`,
  );
  return [
    `(${weights.join(' + ')})`,
    `${formatNumber(multiplier)} ${action ?? 'unknown tool, the highest'}`,
    ...(egress === null ? [] : [`${formatNumber(egress)} carried out`]),
    `${formatNumber(audience)} audience`,
  ].join(' × ');
}
