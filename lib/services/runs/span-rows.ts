import { z } from 'zod';
import { codeOf } from '@/lib/telemetry/made-of';
import { factsOf, recognise } from '@/lib/telemetry/recognise';
import { type JsonValue, type RawSpan, SPAN_FAULTS, type Span } from '@/lib/telemetry/span';
import type { Verdict } from './fold-calls';
import { type RunSpan, runSpanOf, serviceOf } from './run-span';

/** The columns that judging fills in. */
const VERDICT_COLUMNS = ['cost_usd', 'risk', 'lane', 'categories', 'clauses'] as const;

/** The columns of `span` in the order intake writes them; `received_at` is left to the database. */
export const SPAN_COLUMNS = [
  'workspace_id',
  'trace_id',
  'span_id',
  'parent_span_id',
  'started_at',
  'duration_us',
  'name',
  'operation',
  'status',
  'status_message',
  'dialect',
  'tool',
  'model',
  'input_tokens',
  'output_tokens',
  'reported_cost_usd',
  'body',
  ...VERDICT_COLUMNS,
] as const;

const json: z.ZodType<JsonValue> = z.json();
const attributes = z.record(z.string(), json);
const bodySchema = z.object({
  kind: z.number(),
  attributes,
  events: z.array(z.object({ name: z.string(), atUs: z.number(), attributes })),
  links: z.array(z.object({ traceId: z.string(), spanId: z.string() })),
  resource: attributes,
  scope: z.object({ name: z.string(), version: z.string() }),
  faults: z.array(z.enum(SPAN_FAULTS)),
});

/** What `STORED_SPAN` selects. */
export const storedSpanSchema = z.object({
  trace_id: z.string(),
  span_id: z.string(),
  parent_span_id: z.string().nullable(),
  name: z.string(),
  started_us: z.number(),
  duration_us: z.number(),
  status: z.enum(['unset', 'ok', 'error']),
  status_message: z.string().nullable(),
  cost_usd: z.number().nullable(),
  risk: z.number(),
  categories: z.array(z.string()),
  lane: z.enum(['allow', 'degrade', 'escalate', 'block']).nullable(),
  clauses: z.array(z.string()),
  received_ms: z.number(),
  body: bodySchema,
});

/** Columns of the table `span s`, for `storedSpanSchema`. */
export const STORED_SPAN = `
  encode(s.trace_id, 'hex') AS trace_id, encode(s.span_id, 'hex') AS span_id,
  encode(s.parent_span_id, 'hex') AS parent_span_id, s.name,
  (extract(epoch FROM s.started_at) * 1000000)::bigint AS started_us, s.duration_us, s.status, s.status_message,
  s.cost_usd, s.risk, s.categories, s.lane, s.clauses,
  (extract(epoch FROM s.received_at) * 1000)::float8 AS received_ms, s.body`;

export interface StoredSpan {
  span: RunSpan;
  verdict: Verdict;
  /** When it was recorded, epoch milliseconds. */
  receivedMs: number;
}

/** A span as it was sent, recognised again, content and all. */
export function recogniseStored(row: unknown): Span {
  return recognise(rawOf(storedSpanSchema.parse(row)));
}

function rawOf(stored: z.output<typeof storedSpanSchema>): RawSpan {
  return {
    traceId: stored.trace_id,
    spanId: stored.span_id,
    parentSpanId: stored.parent_span_id,
    name: stored.name,
    startUs: stored.started_us,
    durationUs: stored.duration_us,
    status: stored.status,
    statusMessage: stored.status_message,
    ...stored.body,
  };
}

/** A span as it was sent, recognised again, with what was found out about it when it was judged last. */
export function readStoredSpan(row: unknown): StoredSpan {
  const stored = storedSpanSchema.parse(row);
  const raw = rawOf(stored);
  return {
    span: runSpanOf(raw, factsOf(raw), serviceOf(raw.resource), codeOf(raw.resource), null),
    verdict: {
      risk: stored.risk,
      categories: stored.categories,
      lane: stored.lane,
      clauses: stored.clauses,
      costUsd: stored.cost_usd,
    },
    receivedMs: stored.received_ms,
  };
}
