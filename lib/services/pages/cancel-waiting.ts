import type { PoolClient } from 'pg';

/** Steps that wait are no longer taken. The caller holds the incident's row, as whoever takes a step does. */
export async function cancelWaiting(
  client: Pick<PoolClient, 'query'>,
  incidentId: string,
  reason: string,
  now: Date,
): Promise<number> {
  const { rowCount } = await client.query(
    `UPDATE page SET state = 'cancelled', ended_at = $3, leased_until = NULL, reason = $2
     WHERE incident_id = $1 AND state = 'waiting'`,
    [incidentId, reason, now],
  );
  return rowCount ?? 0;
}
