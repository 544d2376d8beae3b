import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import type { Band } from '@/lib/contract/schema';
import { db } from '@/lib/db/pool';
import { SqlValues } from '@/lib/db/sql-values';
import type { Lane } from '@/lib/decision/types';
import { AppError } from '@/lib/errors';
import { contractVersion } from '@/lib/services/contracts/contract-in-force';
import { mayAct, type Permission } from '@/lib/services/incidents/may-act';
import { HOW_SCORED_COLUMNS, type HowScored, type HowScoredRecord, howScored } from './how-scored';
import { killSwitchRoles } from './kill-switch';
import { listRecord, type RecordEntry } from './list-record';
import { ownRuns, RUN_FROM } from './run-conditions';
import { RUN_COLUMNS, type RunRecord, type RunRow, toRunRow } from './run-row';

export interface RunBreach {
  id: string;
  clause: string;
  code: string;
  severity: Band;
  message: string;
  spanId: string | null;
  traceId: string | null;
  happenedAt: string;
  recordedAt: string;
}

/** The answer to a call the agent asked about before making it. */
export interface AskedDecision {
  id: string;
  seq: number;
  tool: string;
  lane: Lane;
  clauses: { clause: string; code: string; detail: string }[];
  argumentsDigest: string | null;
  decidedAt: string;
}

export interface RunDetail extends RunRow, HowScored {
  conversationId: string | null;
  endedAt: string;
  /** True when it came to its end by itself: there is nothing left to stop. */
  ended: boolean;
  /** Share of the score's weight that was measured, 0-1. */
  scoreCoverage: number;
  reportedCostUsd: number | null;
  faults: string[];
  /** What people call the version, from its versioning clause; null when the document cannot be read. */
  versionName: string | null;
  thresholds: { medium: number; high: number; critical: number } | null;
  /** Categories the contract lets each tool touch. */
  toolCategories: Record<string, string[]>;
  traces: { traceId: string; spans: number; startedAt: string | null }[];
  breaches: RunBreach[];
  decisions: AskedDecision[];
  decisionCount: number;
  stop: { requestedAt: string | null; acknowledgedAt: string | null; confirmedAt: string | null };
  pause: { pausedAt: string | null; acknowledgedAt: string | null };
  record: RecordEntry[];
  may: { stop: Permission; pause: Permission; resume: Permission };
}

interface DetailRecord extends RunRecord, HowScoredRecord {
  conversation_id: string | null;
  ended_at: Date;
  root_ended: boolean;
  score_coverage: number;
  reported_cost_usd: number | null;
  faults: string[];
  contract_version_id: string | null;
  stop_requested_at: Date | null;
  stop_acked_at: Date | null;
  stopped_at: Date | null;
  paused_at: Date | null;
  pause_acked_at: Date | null;
  incident_id: string | null;
}

/** A run by its key or its id, with everything but its spans. Throws `not_found` for another workspace's. */
export async function getRun(actor: Actor, keyOrId: string): Promise<RunDetail> {
  authorize(actor, 'run.read', { workspaceId: actor.workspaceId });
  const values = new SqlValues();
  const where = ownRuns(actor, values);
  const wanted = values.add(keyOrId);
  const id = values.add(z.uuid().safeParse(keyOrId).success ? keyOrId : null);
  const { rows } = await db().query<DetailRecord>(
    `SELECT ${RUN_COLUMNS}, r.conversation_id, r.ended_at, r.root_ended, r.score_coverage, r.reported_cost_usd,
            r.faults, r.contract_version_id, ${HOW_SCORED_COLUMNS}, r.stop_requested_at,
            r.stop_acked_at, r.stopped_at, r.paused_at, r.pause_acked_at, i.id AS incident_id
       FROM ${RUN_FROM} WHERE ${where} AND (r.key = ${wanted} OR r.id = ${id}::uuid)
      ORDER BY (r.key = ${wanted}) DESC LIMIT 1`,
    values.list,
  );
  const row = rows[0];
  if (row === undefined)
    throw new AppError('not_found', `There is no run "${keyOrId.slice(0, 100)}" in this workspace.`);
  const subjects = [`run:${row.id}`, ...(row.incident_id === null ? [] : [`incident:${row.incident_id}`])];
  const version = row.contract_version_id === null ? null : await contractVersion(row.contract_version_id);
  const named = version === null ? [] : killSwitchRoles(version.contract);
  const [traces, breaches, decisions, record, stop, pause, resume] = await Promise.all([
    tracesOf(actor.workspaceId, row.id),
    breachesOf(actor.workspaceId, row.id),
    decisionsOf(actor.workspaceId, row.id),
    listRecord(db(), actor.workspaceId, subjects),
    mayAct(actor, 'run.stop', named),
    mayAct(actor, 'run.pause', named),
    mayAct(actor, 'run.resume'),
  ]);
  const contract = version?.contract;
  return {
    ...toRunRow(row),
    conversationId: row.conversation_id,
    endedAt: row.ended_at.toISOString(),
    ended: row.root_ended,
    scoreCoverage: row.score_coverage,
    reportedCostUsd: row.reported_cost_usd,
    faults: row.faults,
    versionName: contract?.versioning.contract ?? null,
    thresholds: contract?.risk.thresholds ?? null,
    toolCategories: Object.fromEntries(
      Object.entries(contract?.tools ?? {}).map(([tool, entry]) => [tool, entry.categories]),
    ),
    ...howScored(version, row, breaches[0]?.severity ?? null),
    traces,
    breaches,
    ...decisions,
    stop: {
      requestedAt: iso(row.stop_requested_at),
      acknowledgedAt: iso(row.stop_acked_at),
      confirmedAt: iso(row.stopped_at),
    },
    pause: { pausedAt: iso(row.paused_at), acknowledgedAt: iso(row.pause_acked_at) },
    record,
    may: { stop, pause, resume },
  };
}

const iso = (at: Date | null) => at?.toISOString() ?? null;

async function tracesOf(workspaceId: string, runId: string): Promise<RunDetail['traces']> {
  const { rows } = await db().query<{ trace_id: string; spans: number; started_at: Date | null }>(
    `SELECT encode(t.trace_id, 'hex') AS trace_id, count(s.span_id) AS spans, min(s.started_at) AS started_at
       FROM run_trace t LEFT JOIN span s ON s.workspace_id = t.workspace_id AND s.trace_id = t.trace_id
      WHERE t.workspace_id = $1 AND t.run_id = $2 GROUP BY t.trace_id ORDER BY min(s.started_at), t.trace_id LIMIT 500`,
    [workspaceId, runId],
  );
  return rows.map((row) => ({ traceId: row.trace_id, spans: row.spans, startedAt: iso(row.started_at) }));
}

export async function breachesOf(workspaceId: string, runId: string): Promise<RunBreach[]> {
  const { rows } = await db().query<{
    id: string;
    clause: string;
    code: string;
    severity: Band;
    message: string;
    trace_id: string | null;
    span_id: string | null;
    happened_at: Date;
    recorded_at: Date;
  }>(
    `SELECT id, clause, code, severity, message, encode(trace_id, 'hex') AS trace_id, encode(span_id, 'hex') AS span_id,
            happened_at, recorded_at
       FROM breach WHERE workspace_id = $1 AND run_id = $2
      ORDER BY array_position(ARRAY['critical','high','medium','low'], severity), happened_at, id LIMIT 500`,
    [workspaceId, runId],
  );
  return rows.map((row) => ({
    id: row.id,
    clause: row.clause,
    code: row.code,
    severity: row.severity,
    message: row.message,
    traceId: row.trace_id,
    spanId: row.span_id,
    happenedAt: row.happened_at.toISOString(),
    recordedAt: row.recorded_at.toISOString(),
  }));
}

async function decisionsOf(
  workspaceId: string,
  runId: string,
): Promise<Pick<RunDetail, 'decisions' | 'decisionCount'>> {
  const { rows } = await db().query<{
    id: string;
    seq: number;
    tool: string;
    lane: Lane;
    clauses: unknown;
    arguments_digest: string | null;
    decided_at: Date;
    total: number;
  }>(
    `SELECT id, seq, tool, lane, clauses, encode(arguments_digest, 'hex') AS arguments_digest, decided_at,
         count(*) OVER () AS total
       FROM decision WHERE workspace_id = $1 AND run_id = $2 ORDER BY seq DESC LIMIT 200`,
    [workspaceId, runId],
  );
  return {
    decisionCount: rows[0]?.total ?? 0,
    decisions: rows.reverse().map((row) => ({
      id: row.id,
      seq: row.seq,
      tool: row.tool,
      lane: row.lane,
      clauses: decidingClauses(row.clauses),
      argumentsDigest: row.arguments_digest,
      decidedAt: row.decided_at.toISOString(),
    })),
  };
}

function decidingClauses(json: unknown): AskedDecision['clauses'] {
  if (!Array.isArray(json)) return [];
  return json.flatMap((entry: unknown) =>
    typeof entry === 'object' && entry !== null && 'clause' in entry && typeof entry.clause === 'string'
      ? [
          {
            clause: entry.clause,
            code: 'code' in entry && typeof entry.code === 'string' ? entry.code : '',
            detail: 'detail' in entry && typeof entry.detail === 'string' ? entry.detail : '',
          },
        ]
      : [],
  );
}
