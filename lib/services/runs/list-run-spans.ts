import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { db } from '@/lib/db/pool';
import type { Lane } from '@/lib/decision/types';
import { AppError } from '@/lib/errors';
import type { Operation } from '@/lib/telemetry/span';

/** A span as the tree shows it; its attributes are read apart. Ids are hex, times microseconds after the run began. */
export interface SpanRow {
  traceId: string;
  spanId: string;
  parentSpanId: string | null;
  name: string;
  operation: Operation;
  tool: string | null;
  model: string | null;
  status: 'unset' | 'ok' | 'error';
  offsetUs: number;
  durationUs: number;
  inputTokens: number | null;
  outputTokens: number | null;
  costUsd: number | null;
  risk: number;
  categories: string[];
  /** What the contract would have said; null when the span is not a call. */
  lane: Lane | null;
  clauses: string[];
}

export interface SpanList {
  spans: SpanRow[];
  /** All spans of the run; more than `spans` when only the telling ones were asked for. */
  total: number;
  /** False when `spans` holds every span of the run. */
  partial: boolean;
}

export const spanListSchema = z.object({
  /** `telling`: at most 300 spans, those that carried risk, broke a clause, failed or came first, with their ancestors. */
  part: z.enum(['all', 'telling']).default('all'),
});

/** No tree is drawn beyond this; the run says how many there are. */
export const SPAN_CAP = 20_000;
const TELLING = 300;
/** Runs up to this many spans are read whole at once. */
export const WHOLE_UP_TO = 400;

const COLUMNS = `encode(s.trace_id, 'hex') AS trace_id, encode(s.span_id, 'hex') AS span_id,
  encode(s.parent_span_id, 'hex') AS parent_span_id, s.name, s.operation, s.tool, s.model, s.status,
  (extract(epoch FROM s.started_at - r.started_at) * 1000000)::float8 AS offset_us, s.duration_us, s.input_tokens,
  s.output_tokens, s.cost_usd, s.risk, s.categories, s.lane, s.clauses`;

interface SpanRecord {
  trace_id: string;
  span_id: string;
  parent_span_id: string | null;
  name: string;
  operation: Operation;
  tool: string | null;
  model: string | null;
  status: 'unset' | 'ok' | 'error';
  offset_us: number;
  duration_us: number;
  input_tokens: number | null;
  output_tokens: number | null;
  cost_usd: number | null;
  risk: number;
  categories: string[];
  lane: Lane | null;
  clauses: string[];
}

/** The spans of a run in the order they began. Throws `not_found` for a run of another workspace. */
export async function listRunSpans(actor: Actor, runId: string, part: 'all' | 'telling'): Promise<SpanList> {
  authorize(actor, 'run.read', { workspaceId: actor.workspaceId });
  if (!z.uuid().safeParse(runId).success) throw noSuchRun();
  const boundTo = actor.kind === 'key' ? actor.agentId : null;
  const found = await db().query<{ span_count: number }>(
    'SELECT span_count FROM run WHERE workspace_id = $1 AND id = $2 AND ($3::uuid IS NULL OR agent_id = $3)',
    [actor.workspaceId, runId, boundTo],
  );
  const run = found.rows[0];
  if (run === undefined) throw noSuchRun();
  const from = `run r JOIN run_trace t ON t.run_id = r.id
    JOIN span s ON s.workspace_id = t.workspace_id AND s.trace_id = t.trace_id
    WHERE r.workspace_id = $1 AND r.id = $2`;
  const whole = part === 'all' || run.span_count <= WHOLE_UP_TO;
  const { rows } = whole
    ? await db().query<SpanRecord>(
        `SELECT ${COLUMNS} FROM ${from} ORDER BY s.started_at, s.trace_id, s.span_id LIMIT ${SPAN_CAP}`,
        [actor.workspaceId, runId],
      )
    : await db().query<SpanRecord>(
        `WITH RECURSIVE telling AS (
           SELECT s.trace_id, s.span_id, s.parent_span_id FROM ${from}
            ORDER BY (coalesce(s.lane, 'allow') <> 'allow') DESC, s.risk DESC, (s.status = 'error') DESC,
                     (s.parent_span_id IS NULL) DESC, s.started_at LIMIT ${TELLING}),
         kept AS (
           SELECT trace_id, span_id, parent_span_id FROM telling
           UNION
           SELECT p.trace_id, p.span_id, p.parent_span_id FROM kept k
             JOIN span p ON p.workspace_id = $1 AND p.trace_id = k.trace_id AND p.span_id = k.parent_span_id)
         SELECT ${COLUMNS} FROM ${from} AND (s.trace_id, s.span_id) IN (SELECT trace_id, span_id FROM kept)
          ORDER BY s.started_at, s.trace_id, s.span_id`,
        [actor.workspaceId, runId],
      );
  const total = Math.max(run.span_count, rows.length);
  return { spans: rows.map(toSpanRow), total, partial: rows.length < total };
}

function noSuchRun(): AppError {
  return new AppError('not_found', 'There is no such run in this workspace.');
}

function toSpanRow(record: SpanRecord): SpanRow {
  return {
    traceId: record.trace_id,
    spanId: record.span_id,
    parentSpanId: record.parent_span_id,
    name: record.name,
    operation: record.operation,
    tool: record.tool,
    model: record.model,
    status: record.status,
    offsetUs: record.offset_us,
    durationUs: record.duration_us,
    inputTokens: record.input_tokens,
    outputTokens: record.output_tokens,
    costUsd: record.cost_usd,
    risk: record.risk,
    categories: record.categories,
    lane: record.lane,
    clauses: record.clauses,
  };
}
