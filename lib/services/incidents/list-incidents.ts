import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import type { Band } from '@/lib/contract/schema';
import { db } from '@/lib/db/pool';
import { SqlValues } from '@/lib/db/sql-values';
import type { RunStatus } from '@/lib/services/runs/run-filters';
import type { IncidentState } from '@/lib/services/runs/run-row';
import type { IncidentFilters } from './incident-filters';

export interface IncidentRow {
  id: string;
  number: number;
  title: string;
  severity: Band;
  state: IncidentState;
  clause: string;
  agent: { name: string; displayName: string };
  run: { id: string; key: string; status: RunStatus };
  operator: string | null;
  breachedAt: string;
  openedAt: string;
  pausedAt: string | null;
  pagedAt: string | null;
  acknowledgedAt: string | null;
  resolvedAt: string | null;
  resolution: 'resumed' | 'stopped' | null;
  /** Runs it is about. */
  runCount: number;
  /** Breaches of its runs since each joined. */
  breachCount: number;
  lastBreachedAt: string | null;
  /** Who acknowledged it; null while nobody has. */
  acknowledgedBy: string | null;
  /** Nobody is paged until then. */
  snoozedUntil: string | null;
  /** Incidents that one page told together with it; 0 when it was paged on its own. */
  pagedWith: number;
  verdict: VerdictState;
}

/** Sponsor and GRC have said what was wrong; one of them; or they differ and nobody has decided. */
export type VerdictState = 'none' | 'one' | 'differ' | 'settled';

export interface IncidentList {
  rows: IncidentRow[];
  counts: { open: number; acknowledged: number; resolved: number };
  next: string | null;
}

export const INCIDENT_COLUMNS = `i.id, i.number, i.title, i.severity, i.state, i.clause, a.name AS agent_name,
  a.display_name AS agent_display_name, r.id AS run_id, r.key AS run_key, r.status AS run_status, p.name AS operator,
  i.breached_at, i.opened_at, i.paused_at, i.paged_at, i.acknowledged_at, i.resolved_at, i.resolution,
  i.run_count, i.breach_count, i.last_breached_at, k.name AS acknowledged_by, z.due_at AS snoozed_until,
  (SELECT count(DISTINCT o.incident_id) FROM page g JOIN page_recipient t ON t.page_id = g.id
     JOIN page_recipient o ON o.digest_id = t.digest_id WHERE g.incident_id = i.id AND o.incident_id <> i.id) AS paged_with,
  w.roles AS verdict_roles, w.causes AS verdict_causes, w.decided AS verdict_decided`;
export const INCIDENT_FROM = `incident i JOIN agent a ON a.id = i.agent_id JOIN run r ON r.id = i.run_id
  LEFT JOIN person p ON p.id = i.operator_id LEFT JOIN person k ON k.id = i.acknowledged_by_id
  LEFT JOIN LATERAL (SELECT due_at FROM page
    WHERE incident_id = i.id AND kind = 'snooze' AND state = 'waiting' ORDER BY due_at LIMIT 1) z ON true
  LEFT JOIN LATERAL (
    SELECT count(*) FILTER (WHERE role <> 'head-of-ai') AS roles,
           count(DISTINCT cause) FILTER (WHERE role <> 'head-of-ai') AS causes,
           coalesce(bool_or(role = 'head-of-ai'), false) AS decided
      FROM (SELECT DISTINCT ON (role) role, cause FROM incident_verdict WHERE incident_id = i.id ORDER BY role, at DESC) v) w
    ON true`;

export interface IncidentRecord {
  id: string;
  number: number;
  title: string;
  severity: Band;
  state: IncidentState;
  clause: string;
  agent_name: string;
  agent_display_name: string;
  run_id: string;
  run_key: string;
  run_status: RunStatus;
  operator: string | null;
  breached_at: Date;
  opened_at: Date;
  paused_at: Date | null;
  paged_at: Date | null;
  acknowledged_at: Date | null;
  resolved_at: Date | null;
  resolution: 'resumed' | 'stopped' | null;
  run_count: number;
  breach_count: number;
  last_breached_at: Date | null;
  acknowledged_by: string | null;
  snoozed_until: Date | null;
  paged_with: number;
  verdict_roles: number;
  verdict_causes: number;
  verdict_decided: boolean;
}

const RANK = `array_position(ARRAY['open','acknowledged','resolved'], i.state) - 1`;

/**
 * Incidents: open ones first, then acknowledged, then resolved; the newest first within each. Keyset by rank and number.
 *
 * @param counted unresolved: `counts` has none that are resolved, of which there are more every day
 */
export async function listIncidents(
  actor: Actor,
  filters: IncidentFilters,
  counted: 'all' | 'unresolved' = 'all',
): Promise<IncidentList> {
  authorize(actor, 'incident.read', { workspaceId: actor.workspaceId });
  const values = new SqlValues();
  const scope = [`i.workspace_id = ${values.add(actor.workspaceId)}`];
  if (actor.kind === 'key' && actor.agentId !== null) scope.push(`i.agent_id = ${values.add(actor.agentId)}`);
  if (filters.severity.length > 0) scope.push(`i.severity = ANY(${values.add(filters.severity)})`);
  if (filters.unit === '-') scope.push('a.business_unit IS NULL');
  else if (filters.unit !== '') scope.push(`a.business_unit = ${values.add(filters.unit)}`);
  if (filters.agent !== '') scope.push(`a.name = ${values.add(filters.agent)}`);
  if (filters.q !== '') {
    const number = /^(?:inc-?)?(\d{1,9})$/i.exec(filters.q)?.[1];
    const part = values.add(filters.q.toLowerCase());
    const like = `position(${part} IN lower(i.title)) > 0 OR position(${part} IN lower(i.clause)) > 0`;
    scope.push(number === undefined ? `(${like})` : `(i.number = ${values.add(Number(number))} OR ${like})`);
  }
  // Joined with what is asked for alone, so that all of a workspace are counted in an index.
  const ofAgent = filters.unit !== '' || filters.agent !== '' ? 'JOIN agent a ON a.id = i.agent_id' : '';
  const within = counted === 'all' ? scope : [...scope, `i.state IN ('open', 'acknowledged')`];
  const counting = db().query<{ state: IncidentState; count: number }>(
    `SELECT i.state, count(*) AS count FROM incident i ${ofAgent} WHERE ${within.join(' AND ')} GROUP BY i.state`,
    [...values.list],
  );
  const where = [...scope];
  if (filters.view === 'unresolved') where.push(`i.state IN ('open', 'acknowledged')`);
  if (filters.view === 'resolved') where.push(`i.state = 'resolved'`);
  if (filters.view === 'mine')
    // Who acknowledged it has it; before that, who is paged.
    where.push(
      `i.state <> 'resolved' AND coalesce(i.acknowledged_by_id, i.operator_id) = ${values.add(actor.kind === 'person' ? actor.personId : null)}::uuid`,
    );
  if (filters.view === 'snoozed') where.push('z.due_at IS NOT NULL');
  if (filters.view === 'no-verdict') where.push('NOT w.decided AND (w.roles < 2 OR w.causes > 1)');
  const [rank, number] = filters.after.split('.');
  if (rank !== undefined && number !== undefined)
    where.push(`(${RANK}, -i.number) > (${values.add(Number(rank))}, ${values.add(-Number(number))})`);
  const { rows } = await db().query<IncidentRecord & { rank: number }>(
    `SELECT ${INCIDENT_COLUMNS}, ${RANK} AS rank FROM ${INCIDENT_FROM} WHERE ${where.join(' AND ')}
      ORDER BY ${RANK}, i.number DESC LIMIT ${values.add(filters.limit + 1)}`,
    values.list,
  );
  const shown = rows.slice(0, filters.limit);
  const last = shown.at(-1);
  const counts = { open: 0, acknowledged: 0, resolved: 0 };
  for (const row of (await counting).rows) counts[row.state] = row.count;
  return {
    rows: shown.map(toIncidentRow),
    counts,
    next: rows.length > filters.limit && last !== undefined ? `${last.rank}.${last.number}` : null,
  };
}

export function toIncidentRow(record: IncidentRecord): IncidentRow {
  return {
    id: record.id,
    number: record.number,
    title: record.title,
    severity: record.severity,
    state: record.state,
    clause: record.clause,
    agent: { name: record.agent_name, displayName: record.agent_display_name },
    run: { id: record.run_id, key: record.run_key, status: record.run_status },
    operator: record.operator,
    breachedAt: record.breached_at.toISOString(),
    openedAt: record.opened_at.toISOString(),
    pausedAt: record.paused_at?.toISOString() ?? null,
    pagedAt: record.paged_at?.toISOString() ?? null,
    acknowledgedAt: record.acknowledged_at?.toISOString() ?? null,
    resolvedAt: record.resolved_at?.toISOString() ?? null,
    resolution: record.resolution,
    runCount: record.run_count,
    breachCount: record.breach_count,
    lastBreachedAt: record.last_breached_at?.toISOString() ?? null,
    acknowledgedBy: record.acknowledged_by,
    snoozedUntil: record.snoozed_until?.toISOString() ?? null,
    pagedWith: record.paged_with,
    verdict: verdictState(record),
  };
}

function verdictState({ verdict_roles, verdict_causes, verdict_decided }: IncidentRecord): VerdictState {
  if (verdict_decided) return 'settled';
  if (verdict_roles === 0) return 'none';
  if (verdict_roles === 1) return 'one';
  return verdict_causes === 1 ? 'settled' : 'differ';
}
