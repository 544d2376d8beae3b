import type { JsonValue, Operation, RawSpan, TokenUsage } from '@/lib/telemetry/span';

export type Attributes = RawSpan['attributes'];

/**
 * What is known of a span so far. Dialects are asked in the order of the table in recognise.ts, the most specific first,
 * and fill in only what none before them knew (`??=`).
 */
export interface Draft {
  operation: Operation | null;
  toolName: string | null;
  toolCallId: string | null;
  /** undefined: not recorded. */
  toolArguments: JsonValue | undefined;
  toolResult: JsonValue | undefined;
  model: string | null;
  provider: string | null;
  tokens: TokenUsage | null;
  costUsd: number | null;
  agentName: string | null;
  agentId: string | null;
  agentVersion: string | null;
  conversationId: string | null;
}

export interface Dialect {
  /** As stored with the span and shown; one of the rows of docs/dialects.md. */
  name: string;
  /** Whether the span speaks it: a few attribute look-ups, no more, since every span is asked. */
  speaks(attributes: Attributes, span: RawSpan): boolean;
  read(attributes: Attributes, draft: Draft, span: RawSpan): void;
}
