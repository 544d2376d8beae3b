import type { PoolClient } from 'pg';
import { type Actor, actorName } from '@/lib/auth/actor';
import { notify } from '@/lib/db/notify';
import { appendAudit } from '@/lib/services/audit/append';
import { enqueueWebhooks } from '@/lib/services/outbox/enqueue';
import { incidentEvent } from '@/lib/services/outbox/incident-event';
import { settlePages } from '@/lib/services/pages/settle-pages';

/**
 * One run of an incident goes on or was asked to stop: the incident waits for the others, and is resolved with the last of
 * them. Within the transaction that did it and holds the run's lock.
 */
export async function settleRun(
  client: PoolClient,
  actor: Actor,
  input: { incidentId: string; runId: string; resolution: 'resumed' | 'stopped'; reason: string },
): Promise<void> {
  const { incidentId, runId, resolution, reason } = input;
  // Those who settle the last two at once take turns, so that one of them sees that it is the last.
  await client.query('SELECT FROM incident WHERE id = $1 FOR UPDATE', [incidentId]);
  const settled = await client.query(
    `UPDATE incident_run SET closed_at = clock_timestamp(), resolution = $3
     WHERE incident_id = $1 AND run_id = $2 AND closed_at IS NULL`,
    [incidentId, runId, resolution],
  );
  if (settled.rowCount === 0) return;
  const { rows } = await client.query<{ waiting: number }>(
    'SELECT count(*) AS waiting FROM incident_run WHERE incident_id = $1 AND closed_at IS NULL',
    [incidentId],
  );
  if (rows[0]?.waiting === 0) await closeIncident(client, actor, { incidentId, resolution, reason });
  else await notify(client, { workspaceId: actor.workspaceId, topic: 'incident', id: incidentId });
}

/**
 * Marks an incident resolved, and with it what is left of its runs, within the transaction that resumed or stopped them. Who resolves an incident that
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
  await client.query(
    `UPDATE incident_run SET closed_at = clock_timestamp(), resolution = $2
     WHERE incident_id = $1 AND closed_at IS NULL`,
    [incidentId, resolution],
  );
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
  await settlePages(client, { workspaceId, incidentId, how: 'resolved', by: actorName(actor) });
  await notify(client, { workspaceId, topic: 'incident', id: incidentId });
  await notify(client, { workspaceId, topic: 'notification', id: incidentId });
}
