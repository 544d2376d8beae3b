import { z } from 'zod';
import type { Band } from '@/lib/contract/schema';
import { db } from '@/lib/db/pool';
import type { RecordedCall, RecordedEvent } from '@/lib/decision/backtest';
import { digestOf } from '@/lib/evidence/digest';
import { CEILING_CODES } from '@/lib/scoring/severity';
import { comparePlaces, type Place } from '@/lib/services/runs/run-fold';
import { readStoredSpan, STORED_SPAN } from '@/lib/services/runs/span-rows';

/** A run with its calls and its usage, in the order they happened. */
export interface RecordedRun {
  id: string;
  key: string;
  /** ISO. */
  startedAt: string;
  /** The version it was under; null when there was none. */
  versionId: string | null;
  /** The band its risk came to, and how bad what it broke was; not where people stood in its way. */
  band: Band;
  severities: Band[];
  /** Codes of the ceilings it broke: each says itself what follows. */
  ceilings: string[];
  events: RecordedEvent[];
}

export interface Window {
  workspaceId: string;
  agentId: string;
  since: Date;
  until: Date;
}

/** So many spans are held at once, whatever the number of runs; a single run may have more. */
const SPANS_AT_ONCE = 2000;
const RUNS_AT_ONCE = 250;

interface RunRow {
  id: string;
  key: string;
  started_at: Date;
  /** `started_at` to the microsecond, which a Date does not hold. */
  place: string;
  contract_version_id: string | null;
  span_count: number;
  band: Band;
  severities: Band[];
  ceilings: string[];
}

/** How many runs of the agent began in the window. */
export async function countRuns({ workspaceId, agentId, since, until }: Window): Promise<number> {
  const { rows } = await db().query<{ count: number }>(
    `SELECT count(*) FROM run WHERE workspace_id = $1 AND agent_id = $2 AND started_at >= $3 AND started_at < $4`,
    [workspaceId, agentId, since, until],
  );
  return rows[0]?.count ?? 0;
}

/**
 * The runs of an agent that began in the window, oldest first, some at a time. Memory stays within bounds however many
 * there are: pages by key, and no transaction that stays open. The next page is fetched while the caller works on this one.
 */
export async function* recordedRuns(window: Window): AsyncGenerator<RecordedRun[]> {
  let next = fetchPage(window, null);
  for (;;) {
    const page = await next;
    if (page.runs.length === 0) return;
    next = page.last === null ? Promise.resolve(NO_PAGE) : fetchPage(window, page.last);
    // Who stops early leaves no rejection behind.
    next.catch(() => {});
    yield assemble(page);
  }
}

interface Page {
  runs: RunRow[];
  spans: z.output<typeof spanSchema>[];
  decisions: z.output<typeof decisionSchema>[];
  /** Where the next page begins; null when this is the last. */
  last: RunRow | null;
}
const NO_PAGE: Page = { runs: [], spans: [], decisions: [], last: null };

async function fetchPage(window: Window, after: RunRow | null): Promise<Page> {
  const { rows } = await db().query<RunRow>({
    name: 'backtest-runs',
    text: `SELECT id, key, started_at, started_at::text AS place, contract_version_id, span_count, band,
        ARRAY(SELECT DISTINCT severity FROM breach WHERE breach.run_id = run.id
                AND code NOT IN ('kill-switch', 'agent-held', 'run-not-running')) AS severities,
        ARRAY(SELECT DISTINCT code FROM breach WHERE breach.run_id = run.id AND code = ANY($7::text[])) AS ceilings
        FROM run
      WHERE workspace_id = $1 AND agent_id = $2 AND started_at >= $3 AND started_at < $4
        AND ($5::timestamptz IS NULL OR (started_at, id) > ($5::timestamptz, $6::uuid))
      ORDER BY started_at, id LIMIT ${RUNS_AT_ONCE}`,
    values: [
      window.workspaceId,
      window.agentId,
      window.since,
      window.until,
      after?.place ?? null,
      after?.id ?? null,
      CEILING_CODES,
    ],
  });
  const runs: RunRow[] = [];
  let spanCount = 0;
  for (const row of rows) {
    if (runs.length > 0 && spanCount + row.span_count > SPANS_AT_ONCE) break;
    runs.push(row);
    spanCount += row.span_count;
  }
  if (runs.length === 0) return NO_PAGE;
  const ids = runs.map((run) => run.id);
  const [spans, decisions] = await Promise.all([fetchSpans(window.workspaceId, ids), fetchDecisions(ids)]);
  const isLast = runs.length === rows.length && rows.length < RUNS_AT_ONCE;
  return { runs, spans, decisions, last: isLast ? null : (runs.at(-1) ?? null) };
}

const placeSchema = z
  .object({ started_us: z.number(), trace_id: z.string(), span_id: z.string() })
  .transform(
    ({ started_us, trace_id, span_id }): Place => ({ us: started_us, traceId: trace_id, spanId: span_id }),
  );
const usageSchema = z.object({
  tokens: z.number(),
  cost_usd: z.number().nullable(),
});
const spanSchema = z.looseObject({
  run_id: z.string(),
  operation: z.enum(['tool', 'model', 'embedding']),
});

/** Calls with all that was sent; of model calls only what they used. */
async function fetchSpans(workspaceId: string, runs: readonly string[]): Promise<Page['spans']> {
  const { rows } = await db().query<Record<string, unknown>>({
    name: 'backtest-spans',
    text: `SELECT t.run_id, s.operation, s.tokens, ${STORED_SPAN}
      FROM unnest($2::uuid[]) AS w(run_id) JOIN run_trace t ON t.run_id = w.run_id
        CROSS JOIN LATERAL (
          SELECT trace_id, span_id, parent_span_id, name, operation, started_at, duration_us, status, status_message,
              coalesce(input_tokens, 0) + coalesce(output_tokens, 0) AS tokens, cost_usd, risk, categories, lane,
              clauses, received_at, CASE WHEN operation = 'tool' THEN body END AS body
            FROM span WHERE workspace_id = $1 AND trace_id = t.trace_id
              AND operation IN ('tool', 'model', 'embedding') OFFSET 0) s`,
    values: [workspaceId, runs],
  });
  return rows.map((row) => spanSchema.parse(row));
}

const decisionSchema = z.object({
  run_id: z.string(),
  tool: z.string(),
  arguments_digest: z.string().nullable(),
  categories: z.array(z.string()),
  lane: z.enum(['allow', 'degrade', 'escalate', 'block']),
  clauses: z.array(z.string()),
  at: z.number(),
});

async function fetchDecisions(runs: readonly string[]): Promise<Page['decisions']> {
  const { rows } = await db().query<Record<string, unknown>>({
    name: 'backtest-decisions',
    text: `SELECT run_id, tool, encode(arguments_digest, 'hex') AS arguments_digest,
        coalesce(categories, '{}') AS categories, lane,
        ARRAY(SELECT f ->> 'clause' FROM jsonb_array_elements(coalesce(clauses, '[]')) AS f
               WHERE f ->> 'clause' IS NOT NULL) AS clauses,
        (extract(epoch FROM decided_at) * 1000)::float8 AS at
      FROM decision WHERE run_id = ANY($1::uuid[]) ORDER BY run_id, seq`,
    values: [runs],
  });
  return rows.map((row) => decisionSchema.parse(row));
}

function assemble({ runs, spans, decisions }: Page): RecordedRun[] {
  const spansOf = groupBy(spans);
  const decisionsOf = groupBy(decisions);
  return runs.map((run) => ({
    id: run.id,
    key: run.key,
    startedAt: run.started_at.toISOString(),
    versionId: run.contract_version_id,
    band: run.band,
    severities: run.severities,
    ceilings: run.ceilings,
    events: eventsOf(spansOf.get(run.id) ?? [], decisionsOf.get(run.id) ?? []),
  }));
}

function groupBy<T extends { run_id: string }>(rows: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(row.run_id);
    if (group === undefined) groups.set(row.run_id, [row]);
    else group.push(row);
  }
  return groups;
}

/**
 * Spans and decisions as one run. A call that was asked for and then made is told by both: the span has its arguments, the
 * decision what was said of it. What was asked and left no span was made when it was let pass.
 */
function eventsOf(spans: Page['spans'], decisions: Page['decisions']): RecordedEvent[] {
  const inOrder = spans.map((row) => ({ row, place: placeSchema.parse(row) }));
  inOrder.sort((a, b) => comparePlaces(a.place, b.place));
  const calls: RecordedCall[] = [];
  const events: RecordedEvent[] = [];
  for (const { row, place } of inOrder) {
    if (row.operation !== 'tool') {
      const { tokens, cost_usd } = usageSchema.parse(row);
      events.push({ kind: 'usage', at: place.us / 1000, tokens, costUsd: cost_usd ?? 0 });
      continue;
    }
    const { span, verdict } = readStoredSpan(row);
    if (span.tool === null) continue;
    const call: RecordedCall = {
      kind: 'call',
      spanId: span.spanId,
      traceId: span.traceId,
      tool: span.tool.name,
      arguments: span.tool.arguments,
      argumentsDigest: span.tool.arguments === undefined ? undefined : digestOf(span.tool.arguments),
      declared: [],
      detected: span.tool.detected,
      sent: span.tool.sent,
      filtered: span.tool.filtered,
      at: place.us / 1000,
      // A run under no contract at all was let do everything.
      lane: verdict.lane ?? 'allow',
      clauses: verdict.clauses,
      made: true,
    };
    calls.push(call);
    events.push(call);
  }
  if (decisions.length === 0) return events;
  events.push(...addDecisions(calls, decisions));
  return events.sort((a, b) => a.at - b.at);
}

/** Tells each call what was decided of it; answers the calls that only decisions tell of. */
function addDecisions(calls: readonly RecordedCall[], decisions: Page['decisions']): RecordedCall[] {
  const told = new Set<RecordedCall>();
  const others: RecordedCall[] = [];
  for (const decision of decisions) {
    const digest = decision.arguments_digest ?? undefined;
    const made = calls.find(
      (call) =>
        !told.has(call) &&
        call.tool === decision.tool &&
        (call.argumentsDigest === undefined || call.argumentsDigest === digest),
    );
    if (made === undefined) {
      others.push({
        kind: 'call',
        spanId: null,
        traceId: null,
        tool: decision.tool,
        argumentsDigest: digest,
        declared: decision.categories,
        detected: [],
        sent: [],
        filtered: [],
        at: decision.at,
        lane: decision.lane,
        clauses: decision.clauses,
        made: decision.lane === 'allow' || decision.lane === 'degrade',
      });
      continue;
    }
    told.add(made);
    // Asked on this machine's clock, made on the agent's: decisions keep their order.
    made.at = decision.at;
    made.argumentsDigest ??= digest;
    made.declared = decision.categories;
    made.lane = decision.lane;
    made.clauses = decision.clauses;
  }
  return others;
}
