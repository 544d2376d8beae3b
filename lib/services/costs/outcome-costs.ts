import { z } from 'zod';
import { db } from '@/lib/db/pool';
import { type Criterion, criterionKeys } from '@/lib/scoring/criteria';
import { outcomeIsGood } from '@/lib/scoring/outcome';

/** What runs cost whose outcome is known, apart by version, since each has its own rate of infrastructure. */
export interface OutcomeCosts {
  /** Runs whose outcome is known. */
  known: number;
  /** Those of them whose outcome is good. */
  good: number;
  byVersion: { versionId: string | null; costUsd: number; workedMs: number; unpricedRuns: number }[];
}

const rowsSchema = z.array(
  z.object({
    unit: z.string().nullable(),
    value: z.number(),
    version_id: z.string().nullable(),
    runs: z.number(),
    cost_usd: z.number(),
    worked_ms: z.number(),
    unpriced_runs: z.number(),
  }),
);

/**
 * The runs of an agent that started in a span of time and whose outcome is known by a criterion, with what they cost. Read
 * from the signals of that criterion, so runs without an outcome are not touched. The caller has authorized the reading.
 *
 * @param until the first moment after the span
 */
export async function outcomeCosts(
  criterion: Criterion,
  scope: { workspaceId: string; agentId: string; from: Date; until: Date },
): Promise<OutcomeCosts> {
  const { rows } = await db().query(
    `SELECT o.unit, o.value, o.version_id, count(*)::int AS runs, sum(o.cost_usd)::float8 AS cost_usd,
            sum(o.worked_ms)::float8 AS worked_ms, count(*) FILTER (WHERE o.unpriced)::int AS unpriced_runs
       FROM (SELECT r.id, r.contract_version_id AS version_id, r.cost_usd, r.unpriced_calls > 0 AS unpriced,
                    extract(epoch FROM r.ended_at - r.started_at) * 1000 - r.paused_ms AS worked_ms,
                    min(s.unit) AS unit, sum(s.value * s.samples) / sum(s.samples) AS value
               FROM signal s JOIN run r ON r.id = s.run_id
              WHERE s.agent_id = $2 AND s.family = $3 AND s.metric_key = ANY($4::text[]) AND s.superseded_by IS NULL
                AND r.workspace_id = $1 AND r.agent_id = $2 AND r.started_at >= $5 AND r.started_at < $6
              GROUP BY r.id) o
      GROUP BY o.unit, o.value, o.version_id`,
    [
      scope.workspaceId,
      scope.agentId,
      criterion.signal ?? '',
      criterionKeys(criterion),
      scope.from,
      scope.until,
    ],
  );
  const costs: OutcomeCosts = { known: 0, good: 0, byVersion: [] };
  const versions = new Map<string | null, OutcomeCosts['byVersion'][number]>();
  for (const row of rowsSchema.parse(rows)) {
    const good = outcomeIsGood(criterion, row.value, row.unit);
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
