import type { Pool, PoolClient } from 'pg';

type Client = Pick<Pool | PoolClient, 'query'>;

/** A bucket whose rollup is not what its runs come to. */
export interface Discrepancy {
  kind: 'day' | 'hour' | 'duration' | 'outcome';
  agentId: string;
  versionId: string;
  /** The day, hour, day and bin, or day and metric. */
  bucket: string;
}

const MEASURES_SQL = `SELECT string_agg(format('sum(%1$I) AS %1$I', column_name), ', ' ORDER BY ordinal_position) AS sums
  FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = 'rollup_day'
   AND column_name NOT IN ('workspace_id', 'agent_id', 'version_id', 'day')`;

const OUTCOME_SUMS =
  'sum(runs) AS runs, sum(cost_usd) AS cost_usd, sum(worked_ms) AS worked_ms, sum(unpriced_runs) AS unpriced_runs';

/** Counts all runs of a workspace anew and tells where the rollups, with what waits to be folded, say otherwise: nowhere, ever. */
export async function recountRollups(client: Client, workspaceId: string): Promise<Discrepancy[]> {
  const measures = await client.query<{ sums: string }>(MEASURES_SQL);
  const sums = measures.rows[0]?.sums ?? '';
  const kept = (view: string, bucket: string, what: string, filled: string) =>
    `SELECT agent_id, version_id, ${bucket}, ${what} FROM ${view} WHERE workspace_id = $1
      GROUP BY agent_id, version_id, ${bucket} HAVING ${filled}`;
  const differing = (
    kind: string,
    bucket: string,
    text: string,
    what: string,
    view: string,
    filled: string,
    counted: string,
  ) =>
    `SELECT '${kind}' AS kind, coalesce(k.agent_id, c.agent_id) AS "agentId",
            coalesce(k.version_id, c.version_id) AS "versionId", ${text} AS bucket
       FROM (${kept(view, bucket, what, filled)}) k
       FULL JOIN (${kept(counted, bucket, what, 'true')}) c USING (agent_id, version_id, ${bucket})
      WHERE k IS DISTINCT FROM c`;
  const { rows } = await client.query<Discrepancy>(
    [
      differing(
        'day',
        'day',
        'day::text',
        sums,
        'rollup_days',
        'sum(runs) <> 0 OR sum(asked_only) <> 0',
        'run_measure',
      ),
      differing(
        'hour',
        'hour',
        'hour::text',
        sums,
        'rollup_hours',
        'sum(runs) <> 0 OR sum(asked_only) <> 0',
        'run_measure',
      ),
      differing(
        'duration',
        'day, bin',
        `day::text || ' ' || bin`,
        'sum(runs) AS runs',
        'rollup_durations',
        'sum(runs) <> 0',
        '(SELECT * FROM run_measure WHERE runs = 1) AS recorded',
      ),
      differing(
        'outcome',
        'day, metric_key, metrics, said',
        `day::text || ' ' || metric_key`,
        OUTCOME_SUMS,
        'rollup_outcomes',
        'sum(runs) <> 0',
        'run_outcome',
      ),
    ].join(' UNION ALL '),
    [workspaceId],
  );
  return rows;
}

/** Keeps everybody from writing runs until the transaction ends. Waits for those who are at it, as long as `lock_timeout` says. */
export async function lockRuns(client: Client): Promise<void> {
  await client.query('LOCK TABLE run IN SHARE ROW EXCLUSIVE MODE');
}

/**
 * Makes the days of a workspace anew from its runs, after its clock moved: about a minute for a million on two busy cores. Nobody
 * writes runs meanwhile.
 */
export async function moveDays(client: Client, workspaceId: string): Promise<void> {
  await client.query('SELECT rollup_move_days($1)', [workspaceId]);
}
