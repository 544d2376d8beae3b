import type { PoolClient } from 'pg';
import type { LedgerCall } from '@/lib/response/undo-ledger';
import { recogniseStored, STORED_SPAN } from '@/lib/services/runs/span-rows';

/** More calls of one run are not read; the newest are, and `total` says how many there are. */
export const MOST_CALLS = 2000;

export interface RecordedCall extends LedgerCall {
  traceId: string;
  spanId: string;
}

/**
 * The tool calls of a run as they were recorded, oldest first, and the time zone in which its contract means times of day.
 *
 * @param tools only calls of these; null: of any
 */
export async function recordedCalls(
  client: Pick<PoolClient, 'query'>,
  workspaceId: string,
  runId: string,
  tools: readonly string[] | null,
): Promise<{ calls: RecordedCall[]; total: number; zone: string }> {
  const { rows } = await client.query(
    `SELECT ${STORED_SPAN}, s.tool, count(*) OVER () AS total
       FROM run_trace t CROSS JOIN LATERAL (
         SELECT * FROM span WHERE workspace_id = $1 AND trace_id = t.trace_id AND tool IS NOT NULL
            AND ($3::text[] IS NULL OR tool = ANY($3)) OFFSET 0) s
      WHERE t.workspace_id = $1 AND t.run_id = $2
      ORDER BY s.started_at DESC, s.span_id DESC LIMIT ${MOST_CALLS}`,
    [workspaceId, runId, tools],
  );
  const zone = await client.query<{ zone: string }>('SELECT time_zone AS zone FROM workspace WHERE id = $1', [
    workspaceId,
  ]);
  const calls = rows.reverse().flatMap((row): RecordedCall[] => {
    const span = recogniseStored(row);
    if (span.tool === null) return [];
    const { traceId, spanId } = span;
    return [
      {
        id: `${traceId}/${spanId}`,
        traceId,
        spanId,
        tool: span.tool.name,
        at: span.startUs / 1000,
        ...(span.tool.arguments === undefined ? {} : { arguments: span.tool.arguments }),
        failed: span.status === 'error',
      },
    ];
  });
  return { calls, total: rows[0]?.total ?? 0, zone: zone.rows[0]?.zone ?? 'UTC' };
}
