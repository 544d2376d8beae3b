import type { PoolClient } from 'pg';
import { newId } from '@/lib/db/id';
import { notify } from '@/lib/db/notify';
import type { WebhookData, WebhookType } from '@/lib/services/webhooks/events';

/** Standard Webhooks asks for payloads under 20 kB. */
const MAX_BODY_BYTES = 20_000;

/**
 * Writes one outbox row for each enabled webhook endpoint of the workspace that subscribes to `type`, inside the caller's
 * transaction, and wakes the outbox of every plane when it commits. The row's id is the `webhook-id` receivers
 * deduplicate by. Returns how many deliveries were enqueued.
 */
export async function enqueueWebhooks(
  client: Pick<PoolClient, 'query'>,
  event: {
    workspaceId: string;
    type: WebhookType;
    incidentId: string | null;
    data: WebhookData;
    /** When it happened. */
    at: Date;
    /** Only this endpoint, subscribed or not: the test button. */
    endpointId?: string;
    /** The page it tells of. */
    pageId?: string;
    /** The compensation or code rollback it asks for. */
    requestId?: string;
  },
): Promise<number> {
  const endpoints = await client.query<{ id: string }>(
    `SELECT id FROM webhook_endpoint
     WHERE workspace_id = $1 AND disabled_at IS NULL AND kind = 'webhook'
       AND CASE WHEN $3::uuid IS NULL THEN events = '{}' OR $2 = ANY(events) ELSE id = $3::uuid END`,
    [event.workspaceId, event.type, event.endpointId ?? null],
  );
  if (endpoints.rows.length === 0) return 0;
  const body = payload(event.type, event.at, event.data);
  await client.query(
    `INSERT INTO outbox_message (id, workspace_id, type, endpoint_id, body, incident_id, page_id, request_id)
     SELECT t.id, $3::uuid, $4, t.endpoint_id, $5, $6::uuid, $7::uuid, $8::uuid FROM unnest($1::uuid[], $2::uuid[]) AS t(id, endpoint_id)`,
    [
      endpoints.rows.map(() => newId()),
      endpoints.rows.map((row) => row.id),
      event.workspaceId,
      event.type,
      body,
      event.incidentId,
      event.pageId ?? null,
      event.requestId ?? null,
    ],
  );
  await notify(client, { workspaceId: event.workspaceId, topic: 'outbox', id: '' });
  return endpoints.rows.length;
}

/** The exact bytes that will be signed and sent. Throws when they are more than receivers should be asked to take. */
export function payload(type: WebhookType, at: Date, data: WebhookData): string {
  const body = JSON.stringify({ type, timestamp: at.toISOString(), data });
  if (Buffer.byteLength(body) >= MAX_BODY_BYTES)
    throw new Error(`A ${type} payload of ${Buffer.byteLength(body)} bytes is more than ${MAX_BODY_BYTES}.`);
  return body;
}
