import { CATEGORY_OF, type Detector, detect } from '@/lib/scoring/detectors';
import type { JsonValue, Operation, Span, SpanFault, TokenUsage } from '@/lib/telemetry/span';

/**
 * What a run is judged by: a span without its attributes and texts. While spans wait for their commit only this stays
 * on the heap; their rows wait as bytes.
 */
export interface RunSpan {
  traceId: string;
  spanId: string;
  parentSpanId: string | null;
  /** Microseconds since the epoch. */
  startUs: number;
  durationUs: number;
  failed: boolean;
  operation: Operation;
  tool: {
    name: string;
    /** undefined: not recorded. */
    arguments?: JsonValue;
    /** Data categories that any detector finds in its arguments and result. */
    detected: readonly string[];
  } | null;
  model: string | null;
  tokens: TokenUsage | null;
  reportedCostUsd: number | null;
  /** The agent's name and id, as far as the span tells them. */
  agentNames: readonly string[];
  /** service.name; null when the SDK made it up. */
  service: string | null;
  conversationId: string | null;
  faults: readonly SpanFault[];
  /** Its row; null when it is stored already. */
  row: SpanRow | null;
}

/** The row of a span in PostgreSQL's binary COPY format, up to the columns that judging fills in. */
export interface SpanRow {
  readonly rows: { readonly bytes: Buffer };
  readonly start: number;
  readonly end: number;
}

const DETECTORS = Object.keys(CATEGORY_OF).filter((name): name is Detector => name in CATEGORY_OF);
const NOTHING: readonly string[] = [];

export function runSpanOf(span: Span, row: SpanRow | null): RunSpan {
  const { tool } = span;
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId,
    startUs: span.startUs,
    durationUs: span.durationUs,
    failed: span.status === 'error',
    operation: span.operation,
    tool:
      tool === null
        ? null
        : {
            name: tool.name,
            ...(tool.arguments === undefined ? {} : { arguments: tool.arguments }),
            detected: detectedIn(tool),
          },
    model: span.model,
    tokens: span.tokens,
    reportedCostUsd: span.reportedCostUsd,
    agentNames: agentNames(span),
    service: serviceOf(span),
    conversationId: span.conversationId === '' ? null : span.conversationId,
    faults: span.faults,
    row,
  };
}

function detectedIn(tool: NonNullable<Span['tool']>): readonly string[] {
  const found = tool.arguments === undefined ? NOTHING : detect(tool.arguments, DETECTORS);
  if (tool.result === undefined) return found;
  const inResult = detect(tool.result, DETECTORS);
  if (found.length === 0) return inResult;
  return inResult.length === 0 ? found : [...new Set([...found, ...inResult])].sort();
}

function agentNames({ agentName, agentId }: Span): readonly string[] {
  const name = agentName === null || agentName === '' ? null : agentName;
  const id = agentId === null || agentId === '' || agentId === name ? null : agentId;
  if (name === null) return id === null ? NOTHING : [id];
  return id === null ? [name] : [name, id];
}

function serviceOf({ resource }: Span): string | null {
  const service = resource['service.name'];
  if (typeof service !== 'string' || service === '' || service.startsWith('unknown_service')) return null;
  return service.slice(0, 200);
}
