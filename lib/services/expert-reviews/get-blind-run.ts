import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { db } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { type RatingScale, ratingScale } from '@/lib/scoring/rating-scale';
import { recogniseStored, STORED_SPAN } from '@/lib/services/runs/span-rows';
import type { JsonValue, Operation } from '@/lib/telemetry/span';
import { openReviewFor } from './review-row';

/** One step of a run as its reviewer sees it: what happened, nothing of what we made of it. */
export interface BlindSpan {
  id: string;
  name: string;
  operation: Operation;
  tool: string | null;
  model: string | null;
  failed: boolean;
  statusMessage: string | null;
  /** Milliseconds after the run began. */
  offsetMs: number;
  durationMs: number;
  /** Arguments, results, messages: as they were kept. */
  parts: { label: string; value: JsonValue }[];
}

/** A run before its reviewer: without score, band, risk, breaches, lanes, why it was drawn, and what others said. */
export interface BlindRun {
  /** Of the review. */
  id: string;
  agent: { name: string; displayName: string };
  key: string;
  startedAt: string;
  durationMs: number;
  criteria: { id: string; statement: string; unit: string | null; scale: RatingScale }[];
  spans: BlindSpan[];
  /** All spans of the run; more than `spans` where it has more than are shown. */
  spanCount: number;
}

const json: z.ZodType<JsonValue> = z.json();
const SHOWN = 300;
/** Attributes that hold what went in and came out; anything else may say how somebody judged it. */
const CONTENT =
  /^(gen_ai\.(input\.messages|output\.messages|system_instructions|prompt(\..+)?|completion(\..+)?)|input\.value|output\.value|llm\.(input|output)_messages\..+\.content|ai\.(prompt(\.messages)?|response\.text|response\.object)|traceloop\.entity\.(input|output)|langfuse\.observation\.(input|output)|(pydantic_ai\.)?all_messages|final_result)$/;
const CONTENT_EVENTS =
  /^gen_ai\.((system|user|assistant|tool)\.message|choice|content\.(prompt|completion))$/;
const LABELS: readonly [RegExp, string][] = [
  [/system_instructions/, 'Instructions'],
  [/input|prompt/, 'Input'],
  [/output|completion|response|final_result|choice/, 'Output'],
];

/**
 * The run that a review is of, as its reviewer may see it before rating.
 *
 * @throws AppError `not_found`; `forbidden` for whoever may not rate it; `conflict` once the reader has rated or passed it on
 */
export async function getBlindRun(actor: Actor, reviewId: string): Promise<BlindRun> {
  const { review } = await openReviewFor(db(), actor, reviewId, 'read');
  if (review.rated) throw new AppError('conflict', 'You have rated this run.');
  if (review.skipped) throw new AppError('conflict', 'You have passed this run on.');
  if (review.state === 'done') throw new AppError('conflict', 'Enough others have rated this run.');
  const { rows: runs } = await db().query<{
    key: string;
    started_at: Date;
    duration_ms: number;
    span_count: number;
  }>(
    `SELECT key, started_at, (extract(epoch FROM ended_at - started_at) * 1000)::float8 AS duration_ms, span_count
       FROM run WHERE id = $1 AND workspace_id = $2`,
    [review.runId, actor.workspaceId],
  );
  const run = runs[0];
  if (run === undefined) throw new AppError('not_found', 'There is no such review.');
  const { rows } = await db().query(
    `SELECT ${STORED_SPAN} FROM run_trace t CROSS JOIN LATERAL (
         SELECT * FROM span WHERE workspace_id = $1 AND trace_id = t.trace_id OFFSET 0) s
      WHERE t.run_id = $2 ORDER BY s.started_at, s.duration_us DESC, s.span_id LIMIT ${SHOWN}`,
    [actor.workspaceId, review.runId],
  );
  const startedMs = run.started_at.getTime();
  return {
    id: review.id,
    agent: review.agent,
    key: run.key,
    startedAt: run.started_at.toISOString(),
    durationMs: run.duration_ms,
    criteria: review.criteria.map((criterion) => ({
      id: criterion.id,
      statement: criterion.statement,
      unit: criterion.unit ?? null,
      scale: ratingScale(criterion),
    })),
    spans: rows.map((row) => blind(row, startedMs)),
    spanCount: Math.max(run.span_count, rows.length),
  };
}

function blind(row: unknown, startedMs: number): BlindSpan {
  const span = recogniseStored(row);
  const parts: BlindSpan['parts'] = [];
  if (span.tool?.arguments !== undefined) parts.push({ label: 'Arguments', value: span.tool.arguments });
  if (span.tool?.result !== undefined) parts.push({ label: 'Result', value: span.tool.result });
  if (span.tool === null) {
    for (const [key, value] of Object.entries(span.attributes))
      if (CONTENT.test(key)) parts.push({ label: labelOf(key), value: unpacked(value) });
    for (const event of span.events)
      if (CONTENT_EVENTS.test(event.name))
        parts.push({ label: labelOf(event.name), value: { ...event.attributes } });
  }
  return {
    id: `${span.traceId}/${span.spanId}`,
    name: span.name,
    operation: span.operation,
    tool: span.tool?.name ?? null,
    model: span.model,
    failed: span.status === 'error',
    statusMessage: span.status === 'error' ? span.statusMessage : null,
    offsetMs: span.startUs / 1000 - startedMs,
    durationMs: span.durationUs / 1000,
    parts,
  };
}

function labelOf(key: string): string {
  return LABELS.find(([pattern]) => pattern.test(key))?.[1] ?? 'Message';
}

/** JSON in a text, as exporters send it, is shown as what it is. */
function unpacked(value: JsonValue): JsonValue {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value;
  try {
    return json.parse(JSON.parse(value));
  } catch {
    return value;
  }
}
