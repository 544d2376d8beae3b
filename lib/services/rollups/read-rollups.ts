import type { Pool, PoolClient } from 'pg';
import { type DurationBin, percentileOf } from '@/lib/scoring/duration-bins';
import { RUN_MEASURES, type RunMeasure, type RunSums } from '@/lib/scoring/run-sums';
import type { DayRange } from './window';

type Client = Pick<Pool | PoolClient, 'query'>;

/** Which runs: of a workspace, those that began in a range of days where it is. */
export interface RollupScope extends DayRange {
  workspaceId: string;
  agentId?: string | undefined;
  /** Of these alone. */
  agentIds?: readonly string[] | undefined;
  /** Null: runs without a contract. */
  versionId?: string | null | undefined;
  versionIds?: readonly string[] | undefined;
}

export type RollupKey = 'agent' | 'version' | 'day';

/** A key is null when the sums are not apart by it (and `versionId` for runs without a contract). */
export interface RollupKeys {
  agentId: string | null;
  versionId: string | null;
  day: string | null;
}

const NO_VERSION = '00000000-0000-0000-0000-000000000000';
const column = (measure: RunMeasure) => measure.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const sumsOf = (measures: readonly RunMeasure[]) =>
  measures.map((measure) => `coalesce(sum(m.${column(measure)}), 0)::float8 AS "${measure}"`).join(', ');
const SUMS = sumsOf(RUN_MEASURES);
const HAS_RUNS = '(sum(m.runs) <> 0 OR sum(m.asked_only) <> 0)';
const KEYS: Record<RollupKey, { column: string; name: string; shown: string }> = {
  agent: { column: 'm.agent_id', name: '"agentId"', shown: 'm.agent_id' },
  version: { column: 'm.version_id', name: '"versionId"', shown: `nullif(m.version_id, '${NO_VERSION}')` },
  day: { column: 'm.day', name: 'day', shown: `to_char(m.day, 'YYYY-MM-DD')` },
};

/**
 * Sums of runs by any of agent, version and day, in the order of those; sets without a run have no row, but without `by` there
 * is always one. Exact at the moment it is read: what is not folded yet is added. The caller has authorized the reading.
 *
 * @param measures only these, where many rows are read
 */
export async function readRollups<M extends RunMeasure = RunMeasure>(
  client: Client,
  scope: RollupScope,
  by: readonly RollupKey[],
  measures?: readonly M[],
): Promise<(RollupKeys & Pick<RunSums, M>)[]> {
  const { where, values } = conditions(scope);
  const names = (['agent', 'version', 'day'] as const).map((key) =>
    by.includes(key) ? `${KEYS[key].shown} AS ${KEYS[key].name}` : `NULL AS ${KEYS[key].name}`,
  );
  const groups = by.map((key) => KEYS[key].column).join(', ');
  const { rows } = await client.query<RollupKeys & Pick<RunSums, M>>(
    `SELECT ${names.join(', ')}, ${measures === undefined ? SUMS : sumsOf(measures)} FROM rollup_days m WHERE ${where}
     ${groups === '' ? '' : `GROUP BY ${groups} HAVING ${HAS_RUNS} ORDER BY ${groups}`}`,
    values,
  );
  return rows;
}

/** Sums by UTC hour, oldest first; hours without a run have no row. `until` is not included. */
export async function readHours(
  client: Client,
  scope: { workspaceId: string; agentId?: string | undefined; from: Date; until: Date },
): Promise<({ hour: string } & RunSums)[]> {
  const values: unknown[] = [scope.workspaceId, scope.from, scope.until];
  if (scope.agentId !== undefined) values.push(scope.agentId);
  const { rows } = await client.query<{ hour: string } & RunSums>(
    `SELECT to_char(m.hour AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS hour, ${SUMS} FROM rollup_hours m
      WHERE m.workspace_id = $1 AND m.hour >= $2 AND m.hour < $3${scope.agentId === undefined ? '' : ' AND m.agent_id = $4'}
      GROUP BY m.hour HAVING ${HAS_RUNS} ORDER BY m.hour`,
    values,
  );
  return rows;
}

/** How long runs took, in milliseconds, each within 1.6%. */
export interface Durations {
  runs: number;
  p50: number;
  p95: number;
  p99: number;
}

/** Percentiles of the durations of runs; null without runs. */
export async function readDurations(client: Client, scope: RollupScope): Promise<Durations | null> {
  const { where, values } = conditions(scope);
  const { rows } = await client.query<DurationBin>(
    `SELECT m.bin, sum(m.runs)::float8 AS runs FROM rollup_durations m WHERE ${where}
      GROUP BY m.bin HAVING sum(m.runs) <> 0 ORDER BY m.bin`,
    values,
  );
  const runs = rows.reduce((sum, row) => sum + row.runs, 0);
  if (runs === 0) return null;
  return {
    runs,
    p50: percentileOf(rows, 0.5),
    p95: percentileOf(rows, 0.95),
    p99: percentileOf(rows, 0.99),
  };
}

/** The versions that no run was under before the range and one was within it, each with its first day, oldest first. */
export async function versionsBegun(
  client: Client,
  scope: DayRange & { workspaceId: string; agentId?: string | undefined },
): Promise<{ versionId: string; day: string }[]> {
  const { where, values } = conditions(scope);
  const ofAgent = scope.agentId === undefined ? '' : 'AND m.agent_id = $4';
  // The first day of each is looked up in an index: how long ago that was, and how many days it had since, costs nothing. Rows of
  // the table have runs; only what waits may take some back.
  const { rows } = await client.query<{ versionId: string; day: string }>(
    `WITH waiting AS MATERIALIZED (
       SELECT m.version_id, m.day, m.runs, m.asked_only FROM rollup_change m WHERE m.workspace_id = $1 ${ofAgent}),
     seen AS MATERIALIZED (
       SELECT m.version_id FROM rollup_day m WHERE ${where} UNION SELECT version_id FROM waiting)
     SELECT s.version_id AS "versionId", to_char(f.day, 'YYYY-MM-DD') AS day
       FROM seen s CROSS JOIN LATERAL (
         SELECT CASE WHEN EXISTS (SELECT FROM waiting w WHERE w.version_id = s.version_id) THEN (
           SELECT m.day FROM (
             SELECT m.day, m.runs, m.asked_only FROM rollup_day m
              WHERE m.workspace_id = $1 AND m.version_id = s.version_id ${ofAgent}
             UNION ALL SELECT m.day, m.runs, m.asked_only FROM waiting m WHERE m.version_id = s.version_id) m
            GROUP BY m.day HAVING ${HAS_RUNS} ORDER BY m.day LIMIT 1)
         ELSE (
           SELECT min(m.day) FROM rollup_day m WHERE m.workspace_id = $1 AND m.version_id = s.version_id ${ofAgent})
         END AS day) f
      WHERE f.day BETWEEN $2::date AND $3::date ORDER BY f.day, s.version_id`,
    values,
  );
  return rows;
}

function conditions(scope: RollupScope): { where: string; values: unknown[] } {
  const values: unknown[] = [scope.workspaceId, scope.from, scope.until];
  const parts = ['m.workspace_id = $1', 'm.day BETWEEN $2::date AND $3::date'];
  if (scope.agentId !== undefined) parts.push(`m.agent_id = $${values.push(scope.agentId)}`);
  if (scope.agentIds !== undefined) parts.push(`m.agent_id = ANY($${values.push(scope.agentIds)}::uuid[])`);
  if (scope.versionIds !== undefined)
    parts.push(`m.version_id = ANY($${values.push(scope.versionIds)}::uuid[])`);
  if (scope.versionId !== undefined)
    parts.push(`m.version_id = $${values.push(scope.versionId ?? NO_VERSION)}`);
  return { where: parts.join(' AND '), values };
}
