import { CATEGORY_OF, type Detector, detect } from '@/lib/scoring/detectors';
import { promptOf } from '@/lib/telemetry/made-of';
import type { JsonValue, Operation, RawSpan, SpanFacts, SpanFault, TokenUsage } from '@/lib/telemetry/span';

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
    /** Those of them that it finds in its arguments. */
    sent: readonly string[];
    /** Those that it finds in its result. */
    returned: readonly string[];
    /** Data categories it says were filtered out of its result. */
    filtered: readonly string[];
  } | null;
  model: string | null;
  /** The version of the code that sent it, e.g. "claims-agent@4.2.0". */
  code: string | null;
  /** What names the standing prompt of a model call or an agent (lib/telemetry/made-of.ts). */
  prompt: string | null;
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
/** What was filtered out of a call's result, by data category. */
const FILTERED_ATTRIBUTE = 'countersign.filtered';
/** As many as a filter may name. */
const MOST_FILTERED = 64;
const NOTHING: readonly string[] = [];
const NO_FAULTS: readonly SpanFault[] = [];

/**
 * @param service `serviceOf` its resource
 * @param code `codeOf` its resource
 */
export function runSpanOf(
  raw: RawSpan,
  facts: SpanFacts,
  service: string | null,
  code: string | null,
  row: SpanRow | null,
): RunSpan {
  return {
    traceId: raw.traceId,
    spanId: raw.spanId,
    parentSpanId: raw.parentSpanId,
    startUs: raw.startUs,
    durationUs: raw.durationUs,
    failed: raw.status === 'error',
    operation: facts.operation,
    tool: facts.tool === null ? null : runToolOf(facts.tool, raw.attributes[FILTERED_ATTRIBUTE]),
    model: facts.model,
    code: code ?? facts.agentVersion,
    prompt: facts.operation === 'model' || facts.operation === 'agent' ? promptOf(raw) : null,
    tokens: facts.tokens,
    reportedCostUsd: facts.reportedCostUsd,
    agentNames: agentNames(facts),
    service,
    conversationId: facts.conversationId === '' ? null : facts.conversationId,
    faults: raw.faults.length === 0 ? NO_FAULTS : raw.faults,
    row,
  };
}

function runToolOf(
  tool: NonNullable<SpanFacts['tool']>,
  filtered: JsonValue | undefined,
): NonNullable<RunSpan['tool']> {
  const { name } = tool;
  const sent = tool.arguments === undefined ? NOTHING : detect(tool.arguments, DETECTORS);
  const returned = tool.result === undefined ? NOTHING : detect(tool.result, DETECTORS);
  const found = { detected: both(sent, returned), sent, returned, filtered: categoriesSaid(filtered) };
  return tool.arguments === undefined ? { name, ...found } : { name, arguments: tool.arguments, ...found };
}

function both(a: readonly string[], b: readonly string[]): readonly string[] {
  if (a.length === 0) return b;
  return b.length === 0 ? a : [...new Set([...a, ...b])].sort();
}

/** Categories as a span says them: a list, or one text with commas. */
function categoriesSaid(said: JsonValue | undefined): readonly string[] {
  if (said === undefined) return NOTHING;
  const each = typeof said === 'string' ? said.split(',') : Array.isArray(said) ? said : [];
  const names = each.flatMap((one) => (typeof one === 'string' ? [one.trim()] : []));
  return [...new Set(names.filter((one) => one !== ''))].slice(0, MOST_FILTERED).sort();
}

function agentNames({ agentName, agentId }: SpanFacts): readonly string[] {
  const name = agentName === null || agentName === '' ? null : agentName;
  const id = agentId === null || agentId === '' || agentId === name ? null : agentId;
  if (name === null) return id === null ? NOTHING : [id];
  return id === null ? [name] : [name, id];
}

/** The service.name of a resource; null when the SDK made it up. */
export function serviceOf(resource: RawSpan['resource']): string | null {
  const service = resource['service.name'];
  if (typeof service !== 'string' || service === '' || service.startsWith('unknown_service')) return null;
  return service.slice(0, 200);
}
