import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { db } from '@/lib/db/pool';

/** An endpoint as the settings screen shows it; never its secret. Times are ISO 8601. */
export interface EndpointDto {
  id: string;
  kind: 'webhook' | 'slack' | 'pagerduty';
  name: string;
  /** Of Slack only its host. */
  url: string;
  /** Event types it is told of; empty means all. */
  events: string[];
  createdAt: string;
  createdBy: string | null;
  disabledAt: string | null;
  disabledReason: string | null;
  delivered: number;
  /** Not delivered yet, to be tried (again). */
  waiting: number;
  /** Given up and not discarded. */
  dead: number;
  lastDeliveredAt: string | null;
}

const rowSchema = z.object({
  id: z.string(),
  kind: z.enum(['webhook', 'slack', 'pagerduty']),
  name: z.string(),
  url: z.string(),
  events: z.array(z.string()),
  created_at: z.date(),
  created_by: z.string().nullable(),
  disabled_at: z.date().nullable(),
  disabled_reason: z.string().nullable(),
  delivered: z.number(),
  waiting: z.number(),
  dead: z.number(),
  last_delivered_at: z.date().nullable(),
});

/** The workspace's endpoints, those in use first, then by age. Delivery counts are of the last 30 days. */
export async function listEndpoints(actor: Actor): Promise<EndpointDto[]> {
  authorize(actor, 'webhook.manage', { workspaceId: actor.workspaceId });
  const result = await db().query(
    `SELECT e.id, e.kind, e.name, e.url, e.events, e.created_at, p.name AS created_by, e.disabled_at, e.disabled_reason,
       COALESCE(m.delivered, 0) AS delivered, COALESCE(m.waiting, 0) AS waiting, COALESCE(m.dead, 0) AS dead,
       m.last_delivered_at
     FROM webhook_endpoint e LEFT JOIN person p ON p.id = e.created_by_id
     LEFT JOIN (
       SELECT endpoint_id, count(delivered_at) AS delivered, count(dead_at) FILTER (WHERE discarded_at IS NULL) AS dead,
         count(*) FILTER (WHERE delivered_at IS NULL AND dead_at IS NULL) AS waiting,
         max(delivered_at) AS last_delivered_at
       FROM outbox_message WHERE workspace_id = $1 AND created_at > now() - interval '30 days' GROUP BY endpoint_id
     ) m ON m.endpoint_id = e.id
     WHERE e.workspace_id = $1 ORDER BY e.disabled_at IS NOT NULL, e.created_at, e.id`,
    [actor.workspaceId],
  );
  return z
    .array(rowSchema)
    .parse(result.rows)
    .map((row) => ({
      id: row.id,
      kind: row.kind,
      name: row.name,
      url: row.url,
      events: row.events,
      createdAt: row.created_at.toISOString(),
      createdBy: row.created_by,
      disabledAt: row.disabled_at?.toISOString() ?? null,
      disabledReason: row.disabled_reason,
      delivered: row.delivered,
      waiting: row.waiting,
      dead: row.dead,
      lastDeliveredAt: row.last_delivered_at?.toISOString() ?? null,
    }));
}
