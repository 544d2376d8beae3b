import type { PoolClient } from 'pg';
import { z } from 'zod';
import type { Interval } from './fold-shape';
import { parseFold, type RunFold } from './run-fold';
import { type Hold, holdsOf, pausesSchema } from './run-holds';
import { readStoredSpan, STORED_SPAN, type StoredSpan } from './span-rows';

type Client = Pick<PoolClient, 'query'>;

/** Somebody else changed what this transaction had read: begin it again. */
export class Restart extends Error {}

const STATUSES = ['running', 'paused', 'stopping', 'stopped', 'finished'] as const;
export type RunStatus = (typeof STATUSES)[number];

/** A run as it is stored, locked by this transaction. */
export interface StoredRun {
  id: string;
  key: string;
  conversationId: string | null;
  agentId: string;
  status: RunStatus;
  contractVersionId: string | null;
  stopRequestedAtMs: number | null;
  /** When people held it back. */
  holds: readonly Hold[];
  /** What of its time it waited for people, milliseconds. */
  waitedMs: number;
  /** What criteria say of it by the signals that name it. */
  signals: { weight: number; points: number };
  /** The formula that scores it. */
  scoreFormula: number;
  decisions: boolean;
  fold: RunFold;
}

/**
 * One look-up by primary key for each row of `w`. Written as a join the planner may read all of a workspace instead,
 * as long as its statistics say that there is little of it; LATERAL with a LIMIT leaves it no choice.
 */
const TRACE_BY_KEY = 'SELECT run_id FROM run_trace WHERE workspace_id = $1 AND trace_id = w.trace_id LIMIT 1';

/** Trace ids (hex) as a literal of `bytea[]`. */
export function byteaArray(ids: Iterable<string>): string {
  const items: string[] = [];
  for (const id of ids) items.push(`"\\\\x${id}"`);
  return `{${items.join(',')}}`;
}

export interface KnownRuns {
  /** Trace (hex) → run, for the traces that have one. */
  traces: Map<string, string>;
  runs: Map<string, StoredRun>;
  byKey: Map<string, StoredRun>;
}

const foundSchema = z.array(z.object({ trace_id: z.string().nullable(), run_id: z.string() }));

/**
 * Finds and locks the runs that these traces belong to and those with these keys, in the order of their ids.
 *
 * @throws Restart when another transaction moved a trace or removed a run meanwhile
 */
export async function loadRuns(
  client: Client,
  workspaceId: string,
  traceIds: readonly string[],
  keys: readonly string[],
): Promise<KnownRuns> {
  const traceArray = byteaArray(traceIds);
  const found = foundSchema.parse(
    (
      await client.query(
        `SELECT encode(w.trace_id, 'hex') AS trace_id, t.run_id FROM unnest($2::bytea[]) AS w(trace_id)
           CROSS JOIN LATERAL (${TRACE_BY_KEY}) t
         UNION ALL SELECT NULL, r.id FROM unnest($3::text[]) AS w(key)
           CROSS JOIN LATERAL (SELECT id FROM run WHERE workspace_id = $1 AND key = w.key LIMIT 1) r`,
        [workspaceId, traceArray, keys],
      )
    ).rows,
  );
  const traces = new Map<string, string>();
  const ids = new Set<string>();
  for (const row of found) {
    ids.add(row.run_id);
    if (row.trace_id !== null) traces.set(row.trace_id, row.run_id);
  }
  const runs = await lockRuns(client, [...ids]);
  if (traces.size > 0) await verify(client, workspaceId, traces, traceArray);
  const byKey = new Map<string, StoredRun>();
  for (const run of runs.values()) byKey.set(run.key, run);
  return { traces, runs, byKey };
}

const runsSchema = z.array(
  z.object({
    id: z.string(),
    key: z.string(),
    conversation_id: z.string().nullable(),
    agent_id: z.string(),
    status: z.enum(STATUSES),
    contract_version_id: z.string().nullable(),
    stop_requested_at: z.date().nullable(),
    stopped_at: z.date().nullable(),
    paused_at: z.date().nullable(),
    pauses: pausesSchema,
    paused_ms: z.number(),
    score_formula: z.number(),
    signal_weight: z.number(),
    signal_points: z.number(),
    decisions: z.boolean(),
    fold: z.unknown(),
    facts: z.unknown(),
    fingerprint: z.unknown(),
  }),
);

async function lockRuns(client: Client, ids: readonly string[]): Promise<Map<string, StoredRun>> {
  if (ids.length === 0) return new Map();
  const result = await client.query(
    `SELECT r.id, r.key, r.conversation_id, r.agent_id, r.status, r.contract_version_id, r.stop_requested_at, r.stopped_at,
       r.paused_at, r.pauses, r.paused_ms, r.score_formula, r.signal_weight, r.signal_points, r.fold, r.facts, r.fingerprint,
       EXISTS (SELECT FROM decision d WHERE d.run_id = r.id) AS decisions
     FROM run r WHERE r.id = ANY($1::uuid[]) ORDER BY r.id FOR NO KEY UPDATE OF r`,
    [ids],
  );
  const runs = new Map<string, StoredRun>();
  for (const row of runsSchema.parse(result.rows))
    runs.set(row.id, {
      id: row.id,
      key: row.key,
      conversationId: row.conversation_id,
      agentId: row.agent_id,
      status: row.status,
      contractVersionId: row.contract_version_id,
      stopRequestedAtMs: row.stop_requested_at?.getTime() ?? null,
      holds: holdsOf({
        status: row.status,
        pauses: row.pauses,
        pausedAt: row.paused_at,
        stopRequestedAt: row.stop_requested_at,
        stoppedAt: row.stopped_at,
      }),
      waitedMs: row.paused_ms,
      scoreFormula: row.score_formula,
      signals: { weight: row.signal_weight, points: row.signal_points },
      decisions: row.decisions,
      fold: parseFold(row.fold, row.facts, row.fingerprint),
    });
  if (runs.size < ids.length) throw new Restart('A run is gone.');
  return runs;
}

/** Traces move only under their runs' locks: what is still so now stays so. */
async function verify(
  client: Client,
  workspaceId: string,
  traces: ReadonlyMap<string, string>,
  traceArray: string,
): Promise<void> {
  const result = await client.query<{ trace_id: string; run_id: string }>(
    `SELECT encode(w.trace_id, 'hex') AS trace_id, t.run_id FROM unnest($2::bytea[]) AS w(trace_id)
       CROSS JOIN LATERAL (${TRACE_BY_KEY}) t`,
    [workspaceId, traceArray],
  );
  if (
    result.rows.length !== traces.size ||
    result.rows.some((row) => traces.get(row.trace_id) !== row.run_id)
  )
    throw new Restart('A trace has moved.');
}

/** The intervals of those spans (`trace span`, hex) that are stored. */
export async function loadIntervals(
  client: Client,
  workspaceId: string,
  wanted: readonly { traceId: string; spanId: string }[],
): Promise<Map<string, Interval>> {
  const stored = new Map<string, Interval>();
  if (wanted.length === 0) return stored;
  const result = await client.query<{ trace_id: string; span_id: string; from_us: number; for_us: number }>(
    `SELECT encode(w.trace_id, 'hex') AS trace_id, encode(w.span_id, 'hex') AS span_id,
       (extract(epoch FROM s.started_at) * 1000000)::bigint AS from_us, s.duration_us AS for_us
     FROM unnest($2::bytea[], $3::bytea[]) AS w(trace_id, span_id)
       CROSS JOIN LATERAL (SELECT started_at, duration_us FROM span
         WHERE workspace_id = $1 AND trace_id = w.trace_id AND span_id = w.span_id LIMIT 1) s`,
    [workspaceId, byteaArray(wanted.map((one) => one.traceId)), byteaArray(wanted.map((one) => one.spanId))],
  );
  for (const row of result.rows)
    stored.set(spanKey(row.trace_id, row.span_id), [row.from_us, row.from_us + row.for_us]);
  return stored;
}

export function spanKey(traceId: string, spanId: string): string {
  return `${traceId} ${spanId}`;
}

/** The traces (hex) of these runs, as `run_trace` has them now. */
export async function loadTraces(client: Client, runIds: readonly string[]): Promise<Map<string, string>> {
  const traces = new Map<string, string>();
  if (runIds.length === 0) return traces;
  const result = await client.query<{ trace_id: string; run_id: string }>(
    `SELECT encode(trace_id, 'hex') AS trace_id, run_id FROM run_trace WHERE run_id = ANY($1::uuid[])`,
    [runIds],
  );
  for (const row of result.rows) traces.set(row.trace_id, row.run_id);
  return traces;
}

/** All stored spans of these traces, recognised anew, by trace. */
export async function loadSpans(
  client: Client,
  workspaceId: string,
  traceIds: readonly string[],
): Promise<Map<string, StoredSpan[]>> {
  const byTrace = new Map<string, StoredSpan[]>();
  if (traceIds.length === 0) return byTrace;
  const result = await client.query(
    `SELECT ${STORED_SPAN} FROM unnest($2::bytea[]) AS w(trace_id)
       CROSS JOIN LATERAL (SELECT * FROM span WHERE workspace_id = $1 AND trace_id = w.trace_id OFFSET 0) s`,
    [workspaceId, byteaArray(traceIds)],
  );
  for (const row of result.rows) {
    const stored = readStoredSpan(row);
    const others = byTrace.get(stored.span.traceId);
    if (others === undefined) byTrace.set(stored.span.traceId, [stored]);
    else others.push(stored);
  }
  return byTrace;
}
