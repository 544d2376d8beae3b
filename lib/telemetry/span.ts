/** The one shape every dialect is mapped to. Pure data; times are microseconds since the Unix epoch (safe integers). */

export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };

export const OPERATIONS = ['model', 'tool', 'agent', 'workflow', 'retrieval', 'embedding', 'other'] as const;
export type Operation = (typeof OPERATIONS)[number];

/** What was odd about a span and how it was mended; kept and shown, never a reason to drop it. */
export const SPAN_FAULTS = [
  /** It ended before it began: the duration is taken as 0. */
  'negative-duration',
  /** Its time lies over a day in the future or before 2000: the time it was received stands in. */
  'implausible-time',
  /** No end time was sent. */
  'unfinished',
  /** At least one value was longer than we keep and was cut. */
  'truncated-attribute',
  /** NUL bytes, which the database cannot hold, were replaced. */
  'nul-replaced',
] as const;
export type SpanFault = (typeof SPAN_FAULTS)[number];

export interface TokenUsage {
  /** Includes cached tokens. */
  input: number;
  output: number;
  cachedInput: number;
}

/** A decoded OTLP span, before any dialect reads it. */
export interface RawSpan {
  /** 32 lower-case hex digits. */
  traceId: string;
  /** 16 lower-case hex digits. */
  spanId: string;
  /** 16 lower-case hex digits, or null for a root. */
  parentSpanId: string | null;
  name: string;
  /** OTLP SpanKind, 0-5. */
  kind: number;
  startUs: number;
  durationUs: number;
  status: 'unset' | 'ok' | 'error';
  statusMessage: string | null;
  attributes: Record<string, JsonValue>;
  events: { name: string; atUs: number; attributes: Record<string, JsonValue> }[];
  links: { traceId: string; spanId: string }[];
  /** Shared by every span of one ResourceSpans; do not mutate. */
  resource: Record<string, JsonValue>;
  scope: { name: string; version: string };
  faults: SpanFault[];
}

/** What a dialect found out about a span. */
export interface SpanFacts {
  operation: Operation;
  /** Which dialect named it, from the table in lib/telemetry/dialects; "none" when no dialect did. */
  dialect: string;
  tool: {
    name: string;
    callId: string | null;
    /** undefined: the sender did not record them, so argument clauses cannot be decided. */
    arguments?: JsonValue;
    result?: JsonValue;
  } | null;
  /** The model that answered, else the one asked for. */
  model: string | null;
  provider: string | null;
  tokens: TokenUsage | null;
  /** US dollars the client itself reported, kept beside ours. */
  reportedCostUsd: number | null;
  agentName: string | null;
  agentId: string | null;
  agentVersion: string | null;
  conversationId: string | null;
}

export type Span = RawSpan & SpanFacts;
