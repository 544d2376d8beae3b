import type { Actor } from '@/lib/auth/actor';
import { IN_INCIDENT, INCIDENT_OF_RUN } from '@/lib/services/incidents/incident-of-run';
import type { RunFilters } from './run-filters';

/** Collects the values of a hand-written statement; `add` answers the placeholder that stands for one. */
export class SqlValues {
  readonly list: unknown[] = [];
  add(value: unknown): string {
    this.list.push(value);
    return `$${this.list.length}`;
  }
}

const escapeLike = (text: string) => text.replace(/[\\%_]/g, (char) => `\\${char}`);

/**
 * The WHERE of every query over runs: alias `r` is the run, `a` its agent, `v` its contract version (may be null),
 * `i` its incident (may be null). Always bound to the actor's workspace, and to its agent for a key that has one.
 */
export function runConditions(actor: Actor, filters: RunFilters, values: SqlValues): string {
  const parts = [`r.workspace_id = ${values.add(actor.workspaceId)}`];
  if (actor.kind === 'key' && actor.agentId !== null) parts.push(`r.agent_id = ${values.add(actor.agentId)}`);
  if (filters.agent !== '')
    parts.push(
      `r.agent_id = (SELECT id FROM agent WHERE workspace_id = $1 AND name = ${values.add(filters.agent)})`,
    );
  if (filters.unit !== '')
    parts.push(
      filters.unit === '-' ? `a.business_unit IS NULL` : `a.business_unit = ${values.add(filters.unit)}`,
    );
  if (filters.status.length > 0) parts.push(`r.status = ANY(${values.add(filters.status)})`);
  if (filters.band.length > 0) parts.push(`r.band = ANY(${values.add(filters.band)}) AND r.span_count > 0`);
  if (filters.lane.length > 0) parts.push(`r.lane = ANY(${values.add(filters.lane)})`);
  if (filters.breached) parts.push('r.breach_count > 0');
  if (filters.incident) parts.push('i.id IS NOT NULL');
  if (filters.silent) parts.push(`r.span_count > 0 AND NOT ${IN_INCIDENT}`);
  if (filters.scored) parts.push('r.score IS NOT NULL');
  if (filters.version !== '')
    parts.push(
      /^[0-9]{1,6}$/.test(filters.version)
        ? `v.number = ${values.add(Number(filters.version))}`
        : `r.contract_digest LIKE ${values.add(`${filters.version}%`)}`,
    );
  if (filters.tool !== '')
    // The facts of a run count its calls by tool, so a filter by tool never has to read spans.
    parts.push(`r.facts -> 'callsByTool' ? ${values.add(filters.tool)}`);
  if (filters.unknownTools) parts.push(`r.unknown_tools <> '{}'`);
  if (filters.askedOnly) parts.push('r.span_count = 0');
  if (filters.unpriced) parts.push('r.unpriced_calls > 0');
  if (filters.from !== '') parts.push(`r.started_at >= ${momentSql(values, filters.from, 0)}`);
  if (filters.to !== '') parts.push(`r.started_at < ${momentSql(values, filters.to, 1)}`);
  if (filters.q !== '') parts.push(`r.key ILIKE ${values.add(`%${escapeLike(filters.q)}%`)}`);
  return parts.join(' AND ');
}

/** A day begins when it does where the workspace is; `daysOn` 1 is the end of it. */
function momentSql(values: SqlValues, text: string, daysOn: 0 | 1): string {
  if (text.includes('T')) return `${values.add(text)}::timestamptz`;
  return `((${values.add(text)}::date + ${daysOn})::timestamp AT TIME ZONE
    (SELECT time_zone FROM workspace WHERE id = $1))`;
}

/** The joins that `runConditions` and `RUN_COLUMNS` refer to. */
export const RUN_FROM = `run r
  JOIN agent a ON a.id = r.agent_id
  LEFT JOIN contract_version v ON v.id = r.contract_version_id
  LEFT JOIN ${INCIDENT_OF_RUN}`;
