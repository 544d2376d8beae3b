import type { RawSpan, Span } from '@/lib/telemetry/span';

/** What a span is and says, whatever dialect it speaks: see lib/telemetry/dialects and docs/dialects.md. */
export function recognise(raw: RawSpan): Span {
  return {
    ...raw,
    operation: 'other',
    dialect: 'none',
    tool: null,
    model: null,
    provider: null,
    tokens: null,
    reportedCostUsd: null,
    agentName: null,
    agentId: null,
    agentVersion: null,
    conversationId: null,
  };
}
