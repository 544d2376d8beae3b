import { z } from 'zod';
import { db } from '@/lib/db/pool';
import { type Criterion, criterionKeys } from '@/lib/scoring/criteria';
import { leavesOut, outcomeIsGood } from '@/lib/scoring/outcome';
import type { DayRange } from '@/lib/services/rollups/window';

/** What runs cost whose outcome is known, apart by version, since each has its own rate of infrastructure. */
export interface OutcomeCosts {
  /** Runs whose outcome is known. */
  known: number;
  /** Those of them whose outcome is good. */
  good: number;
  /** Runs of which something was said that does not fit the criterion's unit or scale; they count by the rest, if there is any. */
  misfits: number;
  byVersion: { versionId: string | null; costUsd: number; workedMs: number; unpricedRuns: number }[];
}

/** Runs of an agent that began in a range of days, where its workspace is. */
export interface OutcomeScope extends DayRange {
  workspaceId: string;
  agentId: string;
}

/** `[unit, sum of value × samples, samples]` for each unit. */
const saidSchema = z
  .array(z.tuple([z.string().nullable(), z.number(), z.number().positive()]))
  .transform((all) => all.map(([unit, sum, samples]) => ({ unit, value: sum / samples, samples })));
const rowsSchema = z.array(
  z.object({
    said: saidSchema,
    version_id: z.string().nullable(),
    runs: z.number(),
    cost_usd: z.number(),
    worked_ms: z.number(),
    unpriced_runs: z.number(),
  }),
);
type Row = z.output<typeof rowsSchema>[number];

/**
 * The runs of an agent that began in a range of days and whose outcome is known by a criterion, with what they cost. From sums
 * of days (docs/rollups.md), exact at the moment they are read. The caller has authorized the reading.
 */
export async function outcomeCosts(criterion: Criterion, scope: OutcomeScope): Promise<OutcomeCosts> {
  const rows = (await fromSums(criterion, scope)) ?? (await fromRuns(criterion, scope));
  const costs: OutcomeCosts = { known: 0, good: 0, misfits: 0, byVersion: [] };
  const versions = new Map<string | null, OutcomeCosts['byVersion'][number]>();
  for (const row of rows) {
    if (leavesOut(criterion, row.said)) costs.misfits += row.runs;
    const good = outcomeIsGood(criterion, row.said);
    if (good === null) continue;
    costs.known += row.runs;
    if (good) costs.good += row.runs;
    const version = versions.get(row.version_id) ?? {
      versionId: row.version_id,
      costUsd: 0,
      workedMs: 0,
      unpricedRuns: 0,
    };
    versions.set(row.version_id, version);
    version.costUsd += row.cost_usd;
    version.workedMs += row.worked_ms;
    version.unpricedRuns += row.unpriced_runs;
  }
  costs.byVersion = [...versions.values()];
  return costs;
}

const NO_VERSION = '00000000-0000-0000-0000-000000000000';

/**
 * Null where sums cannot tell: some runs may have had their outcome said under two of the criterion's names, and sums are apart
 * by name.
 */
async function fromSums(criterion: Criterion, scope: OutcomeScope): Promise<Row[] | null> {
  const { rows } = await db().query<{ metric_key: string; several: boolean }>(
    `SELECT m.metric_key, m.metrics > 1 AS several, m.said, nullif(m.version_id, '${NO_VERSION}') AS version_id,
            sum(m.runs)::float8 AS runs, sum(m.cost_usd)::float8 AS cost_usd, sum(m.worked_ms)::float8 AS worked_ms,
            sum(m.unpriced_runs)::float8 AS unpriced_runs
       FROM rollup_outcomes m
      WHERE m.workspace_id = $1 AND m.agent_id = $2 AND m.metric_key = ANY($3::text[]) AND m.day BETWEEN $4::date AND $5::date
      GROUP BY m.metric_key, m.metrics > 1, m.said, m.version_id HAVING sum(m.runs) <> 0`,
    [scope.workspaceId, scope.agentId, criterionKeys(criterion), scope.from, scope.until],
  );
  const names = new Set(rows.map((row) => row.metric_key));
  return names.size > 1 && rows.some((row) => row.several) ? null : rowsSchema.parse(rows);
}

/** The same run by run, from the signals of the criterion, whatever names they go by. */
async function fromRuns(criterion: Criterion, scope: OutcomeScope): Promise<Row[]> {
  const { rows } = await db().query(
    `SELECT o.said, o.version_id, count(*)::float8 AS runs, sum(o.cost_usd)::float8 AS cost_usd,
            sum(o.worked_ms)::float8 AS worked_ms, count(*) FILTER (WHERE o.unpriced)::float8 AS unpriced_runs
       FROM (SELECT r.contract_version_id AS version_id, rollup_amount(r.cost_usd) AS cost_usd, r.unpriced_calls > 0 AS unpriced,
                    rollup_duration_ms(r.started_at, r.ended_at, r.paused_ms) AS worked_ms,
                    jsonb_agg(jsonb_build_array(s.unit, s.sum, s.samples) ORDER BY s.unit COLLATE "C") AS said
               FROM (SELECT s.run_id, s.unit, sum(s.value::text::numeric * s.samples) AS sum, sum(s.samples) AS samples
                       FROM signal s WHERE s.agent_id = $2 AND s.family = 'outcome' AND s.metric_key = ANY($3::text[])
                        AND s.superseded_by IS NULL GROUP BY s.run_id, s.unit) s
               JOIN run r ON r.id = s.run_id JOIN workspace w ON w.id = r.workspace_id
              WHERE r.workspace_id = $1 AND r.agent_id = $2
                AND (r.started_at AT TIME ZONE w.time_zone)::date BETWEEN $4::date AND $5::date
              GROUP BY r.id) o
      GROUP BY o.said, o.version_id`,
    [scope.workspaceId, scope.agentId, criterionKeys(criterion), scope.from, scope.until],
  );
  return rowsSchema.parse(rows);
}
