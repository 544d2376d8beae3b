import type { HowScored } from '@/lib/services/runs/how-scored';
import type { SpanRow } from '@/lib/services/runs/list-run-spans';

/** What must be known of a run to tell what is known of its spans' data. */
export interface RiskContext {
  unknownTools: readonly string[];
  /** What its spans were scored with; null without a contract. */
  riskProfile: HowScored['riskProfile'];
}

/** Why it is not known what data a span touched, in a sentence; null where it is. Its risk of 0 then says nothing. */
export function unclassifiedBecause(span: SpanRow, context: RiskContext): string | null {
  switch (span.operation) {
    case 'retrieval':
      return 'A retrieval: what it touched is not told by a tool of the contract.';
    case 'other':
      return 'A span of no known kind: what it touched is not known.';
    case 'tool':
      if (context.riskProfile === null) return 'No contract says what this tool touches.';
      if (span.tool === null) return 'The span names no tool.';
      return span.categories.length === 0 && context.unknownTools.includes(span.tool)
        ? 'The contract does not know the tool, and nothing was found in its content.'
        : null;
    default:
      return null;
  }
}
