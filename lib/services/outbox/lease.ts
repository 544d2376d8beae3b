import { db } from '@/lib/db/pool';

/** A delivery that this process has taken for a short while. */
export interface Leased {
  id: string;
  workspaceId: string;
  type: string;
  endpointId: string;
  url: string;
  sealedSecret: string;
  body: string;
  /** This attempt included. */
  attempts: number;
}

/** How long a delivery stays ours without being renewed: what a killed process costs its receivers. */
export const LEASE_MS = 4000;

/**
 * Takes up to `limit` due deliveries that nobody else holds, at most `perEndpoint` of one endpoint (a slow receiver
 * must not hold up the others); `busy` tells how many of each endpoint are already under way here. The attempt is
 * counted now, so that a delivery that kills its worker cannot be tried for ever.
 */
export async function leaseDue(
  limit: number,
  perEndpoint: number,
  busy: ReadonlyMap<string, number>,
): Promise<Leased[]> {
  const result = await db().query<{
    id: string;
    workspace_id: string;
    type: string;
    endpoint_id: string;
    url: string;
    sealed_secret: string;
    body: string;
    attempts: number;
  }>(
    `WITH busy AS (SELECT * FROM unnest($3::uuid[], $4::int[]) AS b(endpoint_id, count)),
     due AS (
       SELECT m.id, m.endpoint_id, m.due_at FROM outbox_message m
       WHERE m.delivered_at IS NULL AND m.dead_at IS NULL AND m.due_at <= now()
         AND (m.leased_until IS NULL OR m.leased_until < now())
         AND NOT EXISTS (SELECT 1 FROM busy b WHERE b.endpoint_id = m.endpoint_id AND b.count >= $2)
       ORDER BY m.due_at LIMIT $1 FOR UPDATE OF m SKIP LOCKED
     ), fair AS (
       SELECT d.id, d.due_at, row_number() OVER (PARTITION BY d.endpoint_id ORDER BY d.due_at)
         + COALESCE((SELECT count FROM busy b WHERE b.endpoint_id = d.endpoint_id), 0) AS place FROM due d
     )
     UPDATE outbox_message m SET leased_until = now() + make_interval(secs => $5), attempts = m.attempts + 1
     FROM fair f, webhook_endpoint e
     WHERE m.id = f.id AND f.place <= $2 AND e.id = m.endpoint_id
     RETURNING m.id, m.workspace_id, m.type, m.endpoint_id, e.url, e.sealed_secret, m.body, m.attempts`,
    [limit, perEndpoint, [...busy.keys()], [...busy.values()], LEASE_MS / 1000],
  );
  return result.rows.map((row) => ({
    id: row.id,
    workspaceId: row.workspace_id,
    type: row.type,
    endpointId: row.endpoint_id,
    url: row.url,
    sealedSecret: row.sealed_secret,
    body: row.body,
    attempts: row.attempts,
  }));
}

/** Keeps deliveries ours that are still under way. */
export async function renewLeases(ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await db().query(
    'UPDATE outbox_message SET leased_until = now() + make_interval(secs => $2) WHERE id = ANY($1::uuid[]) AND delivered_at IS NULL AND dead_at IS NULL',
    [ids, LEASE_MS / 1000],
  );
}

/** Gives back what could not be tried, as if it had not been taken: the process is stopping. */
export async function releaseLeases(ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await db().query(
    'UPDATE outbox_message SET leased_until = NULL, attempts = attempts - 1 WHERE id = ANY($1::uuid[]) AND delivered_at IS NULL AND dead_at IS NULL',
    [ids],
  );
}

/** Milliseconds until the next delivery is due or a lease runs out; null when nothing waits. */
export async function untilNextDue(): Promise<number | null> {
  const result = await db().query<{ wait_ms: number | null }>(
    `SELECT (EXTRACT(EPOCH FROM min(GREATEST(due_at, leased_until)) - now()) * 1000)::float8 AS wait_ms
     FROM outbox_message WHERE delivered_at IS NULL AND dead_at IS NULL`,
  );
  return result.rows[0]?.wait_ms ?? null;
}
