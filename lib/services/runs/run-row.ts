import type { Band } from '@/lib/contract/schema';
import type { Lane } from '@/lib/decision/types';
import type { RunStatus } from './run-filters';

/** The states of an incident, as the table's CHECK has them. */
export type IncidentState = 'open' | 'acknowledged' | 'resolved';

/** A run as lists show it. Times are ISO 8601, money US dollars, durations milliseconds. */
export interface RunRow {
  id: string;
  key: string;
  agent: { name: string; displayName: string; businessUnit: string | null };
  status: RunStatus;
  /** Null while nothing was recorded: the agent has only asked for decisions. */
  band: Band | null;
  /** The strictest answer any recorded call or asked decision got. */
  lane: Lane;
  risk: number;
  /** What its version calls critical; null without a contract. */
  riskLimit: number | null;
  score: number | null;
  pillars: { risk: number | null; quality: number | null; cost: number | null };
  breachCount: number;
  incident: { number: number; state: IncidentState } | null;
  costUsd: number;
  unpricedCalls: number;
  modelCalls: number;
  toolCalls: number;
  errorCount: number;
  inputTokens: number;
  outputTokens: number;
  spanCount: number;
  unknownTools: string[];
  argumentsMissing: boolean;
  startedAt: string;
  /** From its first span to the end of its latest, less what it waited for people. */
  durationMs: number;
  waitedMs: number;
  receivedAt: string;
  /** Null when the run was recorded before the workspace had any contract. */
  contract: {
    number: number;
    /** What people call the version; null when its document cannot be read. */
    name: string | null;
    digest: string;
    ofAgent: boolean;
  } | null;
}

export const RUN_COLUMNS = `r.id, r.key, a.name AS agent_name, a.display_name AS agent_display_name, a.business_unit, r.status, r.band,
  r.lane, r.risk, r.score, r.risk_score, r.quality_score, r.cost_score, r.breach_count, i.number AS incident_number, i.state AS incident_state, r.cost_usd,
  r.unpriced_calls, r.model_calls, r.tool_calls, r.error_count, r.input_tokens, r.output_tokens, r.span_count,
  r.unknown_tools, r.arguments_missing, r.started_at, r.received_at,
  (extract(epoch FROM r.ended_at - r.started_at) * 1000 - r.paused_ms)::float8 AS duration_ms, r.paused_ms AS waited_ms,
  (v.document #>> '{risk,thresholds,critical}')::float8 AS risk_limit, v.number AS version_number,
  v.document #>> '{versioning,contract}' AS version_name, v.digest AS version_digest, v.agent_id IS NOT NULL AS version_of_agent`;

export interface RunRecord {
  id: string;
  key: string;
  agent_name: string;
  agent_display_name: string;
  business_unit: string | null;
  status: RunStatus;
  band: Band;
  lane: Lane;
  risk: number;
  risk_limit: number | null;
  score: number | null;
  risk_score: number | null;
  quality_score: number | null;
  cost_score: number | null;
  breach_count: number;
  incident_number: number | null;
  incident_state: IncidentState | null;
  cost_usd: number;
  unpriced_calls: number;
  model_calls: number;
  tool_calls: number;
  error_count: number;
  input_tokens: number;
  output_tokens: number;
  span_count: number;
  unknown_tools: string[];
  arguments_missing: boolean;
  started_at: Date;
  received_at: Date;
  duration_ms: number;
  waited_ms: number;
  version_number: number | null;
  version_name: string | null;
  version_digest: string | null;
  version_of_agent: boolean;
}

export function toRunRow(record: RunRecord): RunRow {
  return {
    id: record.id,
    key: record.key,
    agent: {
      name: record.agent_name,
      displayName: record.agent_display_name,
      businessUnit: record.business_unit,
    },
    status: record.status,
    band: record.span_count === 0 ? null : record.band,
    lane: record.lane,
    risk: record.risk,
    riskLimit: record.risk_limit,
    score: record.score,
    pillars: { risk: record.risk_score, quality: record.quality_score, cost: record.cost_score },
    breachCount: record.breach_count,
    incident:
      record.incident_number === null || record.incident_state === null
        ? null
        : { number: record.incident_number, state: record.incident_state },
    costUsd: record.cost_usd,
    unpricedCalls: record.unpriced_calls,
    modelCalls: record.model_calls,
    toolCalls: record.tool_calls,
    errorCount: record.error_count,
    inputTokens: record.input_tokens,
    outputTokens: record.output_tokens,
    spanCount: record.span_count,
    unknownTools: record.unknown_tools,
    argumentsMissing: record.arguments_missing,
    startedAt: record.started_at.toISOString(),
    durationMs: record.duration_ms,
    waitedMs: record.waited_ms,
    receivedAt: record.received_at.toISOString(),
    contract:
      record.version_number === null || record.version_digest === null
        ? null
        : {
            number: record.version_number,
            name: record.version_name,
            digest: record.version_digest,
            ofAgent: record.version_of_agent,
          },
  };
}
