import { z } from 'zod';
import { db } from '@/lib/db/pool';

/** A delivery that this process has taken for a short while. */
export type Leased = LeasedPost | LeasedMail;

interface Delivery {
  id: string;
  workspaceId: string;
  type: string;
  /** Who is slow when it is slow: the endpoint's id, or "mail" for the mail server. */
  receiver: string;
  body: string;
  /** This attempt included. */
  attempts: number;
  /** It pages people, and is tried again sooner than other deliveries. */
  isPage: boolean;
}
/** By HTTP, to an endpoint. */
export interface LeasedPost extends Delivery {
  channel: 'webhook' | 'slack' | 'pagerduty';
  endpointId: string;
  endpointName: string;
  /** Of Slack only its host. */
  url: string;
  sealedSecret: string;
}
export interface LeasedMail extends Delivery {
  channel: 'mail';
  recipient: string;
}

/** How long a delivery stays ours without being renewed: what a killed process costs its receivers. */
export const LEASE_MS = 3000;

const rowSchema = z.object({
  id: z.string(),
  workspace_id: z.string(),
  type: z.string(),
  receiver: z.string(),
  body: z.string(),
  attempts: z.int(),
  is_page: z.boolean(),
  endpoint_id: z.string().nullable(),
  kind: z.enum(['webhook', 'slack', 'pagerduty']).nullable(),
  name: z.string().nullable(),
  url: z.string().nullable(),
  sealed_secret: z.string().nullable(),
  recipient: z.string().nullable(),
});

/**
 * PagerDuty ignores what it hears of an alert before it knows it: what is said of one is said in its order. Ids sort by time.
 */
const NOT_BEHIND_ANOTHER = `NOT (m.channel = 'pagerduty' AND EXISTS (
  SELECT FROM outbox_message o
   WHERE o.channel = 'pagerduty' AND o.delivered_at IS NULL AND o.dead_at IS NULL AND o.endpoint_id = m.endpoint_id
     AND COALESCE(o.digest_id, o.incident_id) = COALESCE(m.digest_id, m.incident_id) AND o.id < m.id))`;

/**
 * Takes up to `limit` due deliveries that nobody else holds, at most `perReceiver` of one receiver (a slow one must not
 * hold up the others); `busy` tells how many of each are already under way here. The attempt is counted now, so that a
 * delivery that kills its worker cannot be tried for ever.
 */
export async function leaseDue(
  limit: number,
  perReceiver: number,
  busy: ReadonlyMap<string, number>,
): Promise<Leased[]> {
  const result = await db().query(
    `WITH busy AS (SELECT * FROM unnest($3::text[], $4::int[]) AS b(receiver, count)),
     due AS (
       SELECT m.id, COALESCE(m.endpoint_id::text, m.channel) AS receiver, m.due_at FROM outbox_message m
       WHERE m.delivered_at IS NULL AND m.dead_at IS NULL AND m.due_at <= now()
         AND (m.leased_until IS NULL OR m.leased_until < now())
         AND NOT EXISTS (
           SELECT 1 FROM busy b WHERE b.receiver = COALESCE(m.endpoint_id::text, m.channel) AND b.count >= $2)
         AND ${NOT_BEHIND_ANOTHER}
       ORDER BY m.due_at LIMIT $1 FOR UPDATE OF m SKIP LOCKED
     ), fair AS (
       SELECT d.id, d.receiver, d.due_at, row_number() OVER (PARTITION BY d.receiver ORDER BY d.due_at)
         + COALESCE((SELECT count FROM busy b WHERE b.receiver = d.receiver), 0) AS place FROM due d
     ), taken AS (
       UPDATE outbox_message m SET leased_until = now() + make_interval(secs => $5), attempts = m.attempts + 1
       FROM fair f WHERE m.id = f.id AND f.place <= $2
       RETURNING m.id, m.workspace_id, m.type, f.receiver, m.body, m.attempts, m.endpoint_id, m.recipient,
         m.page_id IS NOT NULL OR m.digest_id IS NOT NULL AS is_page
     )
     SELECT t.*, e.kind, e.name, e.url, e.sealed_secret FROM taken t LEFT JOIN webhook_endpoint e ON e.id = t.endpoint_id`,
    [limit, perReceiver, [...busy.keys()], [...busy.values()], LEASE_MS / 1000],
  );
  return z.array(rowSchema).parse(result.rows).map(leased);
}

function leased(row: z.output<typeof rowSchema>): Leased {
  const delivery = {
    id: row.id,
    workspaceId: row.workspace_id,
    type: row.type,
    receiver: row.receiver,
    body: row.body,
    attempts: row.attempts,
    isPage: row.is_page,
  };
  if (row.recipient !== null) return { ...delivery, channel: 'mail', recipient: row.recipient };
  if (row.endpoint_id === null || row.kind === null || row.url === null || row.sealed_secret === null)
    throw new Error(`Delivery ${row.id} is for nobody.`);
  return {
    ...delivery,
    channel: row.kind,
    endpointId: row.endpoint_id,
    endpointName: row.name ?? '',
    url: row.url,
    sealedSecret: row.sealed_secret,
  };
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
     FROM outbox_message m WHERE delivered_at IS NULL AND dead_at IS NULL AND ${NOT_BEHIND_ANOTHER}`,
  );
  return result.rows[0]?.wait_ms ?? null;
}
