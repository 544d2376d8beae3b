/** Runs, spans, breaches and incidents as rows, for tests of what reads them. */
import { randomBytes } from 'node:crypto';
import type { Band } from '@/lib/contract/schema';
import { newId } from '@/lib/db/id';
import { db } from '@/lib/db/pool';
import type { Lane } from '@/lib/decision/types';

type Ref = { id: string };

export interface GivenRun {
  id: string;
  key: string;
  traceId: string;
}

export async function givenRun(
  workspace: Ref,
  agent: { id: string; version?: { id: string; digest: string } },
  over: {
    key?: string;
    status?: string;
    band?: Band;
    lane?: Lane;
    risk?: number;
    score?: number | null;
    costUsd?: number;
    unpricedCalls?: number;
    breachCount?: number;
    unknownTools?: string[];
    callsByTool?: Record<string, number>;
    /** 1 unless said: something was recorded of it. */
    spanCount?: number;
    /** Text as PostgreSQL reads it, so that microseconds can be told. */
    startedAt?: string;
    durationMs?: number;
    receivedAt?: string;
  } = {},
): Promise<GivenRun> {
  const id = newId();
  const key = over.key ?? `run-${id.slice(-8)}`;
  const traceId = randomBytes(16).toString('hex');
  const startedAt = over.startedAt ?? new Date().toISOString();
  await db().query(
    `INSERT INTO run (id, workspace_id, agent_id, key, status, started_at, ended_at, received_at, contract_version_id,
       contract_digest, span_count, cost_usd, unpriced_calls, risk, band, score, breach_count, lane, unknown_tools, facts,
       risk_score, quality_score, cost_score, score_coverage)
     VALUES ($1, $2, $3, $4, $5, $6, $6::timestamptz + make_interval(secs => $7), coalesce($8::timestamptz, now()), $9,
       $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $16, $16, $16, ($16::float8 IS NOT NULL)::int)`,
    [
      id,
      workspace.id,
      agent.id,
      key,
      over.status ?? 'finished',
      startedAt,
      (over.durationMs ?? 1000) / 1000,
      over.receivedAt ?? null,
      agent.version?.id ?? null,
      agent.version?.digest ?? null,
      over.spanCount ?? 1,
      over.costUsd ?? 0,
      over.unpricedCalls ?? 0,
      over.risk ?? 0,
      over.band ?? 'low',
      over.score === undefined ? 90 : over.score,
      over.breachCount ?? 0,
      over.lane ?? 'allow',
      over.unknownTools ?? [],
      JSON.stringify({ callsByTool: over.callsByTool ?? {} }),
    ],
  );
  await db().query(
    `INSERT INTO run_trace (workspace_id, trace_id, run_id) VALUES ($1, decode($2, 'hex'), $3)`,
    [workspace.id, traceId, id],
  );
  return { id, key, traceId };
}

/** A span of a run's trace; answers its id (hex). Counted in `run.span_count`. */
export async function givenSpan(
  workspace: Ref,
  run: GivenRun,
  over: {
    parent?: string | null;
    name?: string;
    operation?: string;
    tool?: string;
    risk?: number;
    lane?: Lane;
    status?: string;
    offsetMs?: number;
    durationMs?: number;
    body?: unknown;
  } = {},
): Promise<string> {
  const spanId = randomBytes(8).toString('hex');
  await db().query(
    `INSERT INTO span (workspace_id, trace_id, span_id, parent_span_id, name, operation, started_at, duration_us, status,
       dialect, tool, risk, lane, body)
     SELECT $1, decode($2, 'hex'), decode($3, 'hex'), decode($4, 'hex'), $5, $6,
            started_at + make_interval(secs => $7), $8, $9, 'gen_ai', $10, $11, $12, $13
       FROM run WHERE id = $14`,
    [
      workspace.id,
      run.traceId,
      spanId,
      over.parent ?? null,
      over.name ?? 'execute_tool',
      over.operation ?? 'tool',
      (over.offsetMs ?? 0) / 1000,
      Math.round((over.durationMs ?? 10) * 1000),
      over.status ?? 'ok',
      over.tool ?? null,
      over.risk ?? 0,
      over.lane ?? null,
      JSON.stringify(over.body ?? {}),
      run.id,
    ],
  );
  // The one span a run is given without saying what it was is this one.
  await db().query(
    `UPDATE run SET span_count = CASE span_count WHEN 1 THEN (
       SELECT count(*) FROM span WHERE workspace_id = $2 AND trace_id = decode($3, 'hex')) ELSE span_count + 1 END
     WHERE id = $1`,
    [run.id, workspace.id, run.traceId],
  );
  return spanId;
}

export async function givenIncident(
  workspace: Ref,
  agent: Ref,
  run: GivenRun,
  over: {
    title?: string;
    state?: 'open' | 'acknowledged' | 'resolved';
    severity?: Band;
    clause?: string;
    operatorId?: string;
    breachedAt?: string;
    openedAt?: string;
    pagedAt?: string | null;
    acknowledgedAt?: string;
  } = {},
): Promise<{ id: string; number: number }> {
  const id = newId();
  const openedAt = over.openedAt ?? new Date().toISOString();
  const state = over.state ?? 'open';
  const { rows } = await db().query<{ number: number }>(
    `WITH numbered AS (UPDATE workspace SET next_incident = next_incident + 1 WHERE id = $2
       RETURNING next_incident - 1 AS number),
     opened AS (INSERT INTO incident (id, workspace_id, number, run_id, agent_id, title, clause, severity, state,
       operator_id, breached_at, opened_at, paged_at, acknowledged_at, resolved_at, resolution, last_breached_at)
     SELECT $1, $2, number, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13,
            CASE $8::text WHEN 'resolved' THEN $11::timestamptz END, CASE $8::text WHEN 'resolved' THEN 'resumed' END, $10
       FROM numbered RETURNING number)
     INSERT INTO incident_run (workspace_id, incident_id, run_id, clause, severity, breached_at, last_breached_at,
       joined_at, closed_at, resolution)
     SELECT $2, $1, $3, $6, $7, $10, $10, $11, CASE $8::text WHEN 'resolved' THEN $11::timestamptz END,
            CASE $8::text WHEN 'resolved' THEN 'resumed' END
       FROM opened RETURNING (SELECT number FROM opened)`,
    [
      id,
      workspace.id,
      run.id,
      agent.id,
      over.title ?? 'A clause was broken',
      over.clause ?? 'tools/payments.refund/categories',
      over.severity ?? 'critical',
      state,
      over.operatorId ?? null,
      over.breachedAt ?? openedAt,
      openedAt,
      over.pagedAt === undefined ? openedAt : over.pagedAt,
      over.acknowledgedAt ?? null,
    ],
  );
  return { id, number: rows[0]?.number ?? 0 };
}

/** For a test that writes an incident's row itself: its run waits because of it. */
export async function givenWaitingRun(incidentId: string): Promise<void> {
  await db().query(
    `INSERT INTO incident_run (workspace_id, incident_id, run_id, clause, severity, breached_at, last_breached_at, joined_at)
     SELECT workspace_id, id, run_id, clause, severity, breached_at, breached_at, opened_at FROM incident WHERE id = $1`,
    [incidentId],
  );
}
