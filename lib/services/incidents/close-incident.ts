import type { PoolClient } from 'pg';
import { type Actor, actorName } from '@/lib/auth/actor';
import { notify } from '@/lib/db/notify';
import { appendAudit } from '@/lib/services/audit/append';
import { enqueueWebhooks } from '@/lib/services/outbox/enqueue';
import { incidentEvent } from '@/lib/services/outbox/incident-event';

/**
 * Marks an incident resolved, within the transaction that resumed or stopped its run. Who resolves an incident that
 * nobody acknowledged has seen it, so that is written down too. Does nothing when it is resolved already.
 */
export async function closeIncident(
  client: PoolClient,
  actor: Actor,
  input: { incidentId: string; resolution: 'resumed' | 'stopped'; reason: string },
): Promise<void> {
  const { workspaceId } = actor;
  const { incidentId, resolution, reason } = input;
  const personId = actor.kind === 'person' ? actor.personId : null;
  const closed = await client.query(
    `UPDATE incident SET state = 'resolved', resolution = $2, reason = $3, resolved_at = clock_timestamp(),
       resolved_by_id = $4, acknowledged_by_id = CASE WHEN acknowledged_at IS NULL THEN $4::uuid ELSE acknowledged_by_id END,
       acknowledged_at = COALESCE(acknowledged_at, clock_timestamp())
     WHERE id = $1 AND state <> 'resolved'`,
    [incidentId, resolution, reason, personId],
  );
  if (closed.rowCount === 0) return;
  await appendAudit(client, [
    {
      workspaceId,
      actor,
      action: 'incident.resolved',
      subject: `incident:${incidentId}`,
      detail: { resolution, reason },
    },
  ]);
  await client.query(
    'UPDATE notification SET read_at = clock_timestamp() WHERE incident_id = $1 AND read_at IS NULL',
    [incidentId],
  );
  await enqueueWebhooks(client, {
    workspaceId,
    type: 'incident.resolved',
    incidentId,
    data: await incidentEvent(client, incidentId, { by: actorName(actor), reason }),
    at: new Date(),
  });
  await notify(client, { workspaceId, topic: 'incident', id: incidentId });
  await notify(client, { workspaceId, topic: 'notification', id: incidentId });
}
