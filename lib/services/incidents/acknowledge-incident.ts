import { type Actor, actorName } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { notify } from '@/lib/db/notify';
import { transact } from '@/lib/db/pool';
import { appendAudit } from '@/lib/services/audit/append';
import { enqueueWebhooks } from '@/lib/services/outbox/enqueue';
import { incidentEvent } from '@/lib/services/outbox/incident-event';
import { settlePages } from '@/lib/services/pages/settle-pages';
import { wasPaged } from '@/lib/services/pages/was-paged';
import { lockIncident, refuseAcknowledged, refuseResolved } from './incident-for-action';

/**
 * Somebody has seen the incident and takes it on: nobody further is paged; the run stays paused. Throws `not_found`,
 * `forbidden`, or `conflict` that says who acknowledged or resolved it before, and when.
 */
export async function acknowledgeIncident(actor: Actor, input: { number: number }): Promise<void> {
  const { workspaceId } = actor;
  authorize(actor, 'incident.read', { workspaceId });
  await transact(async (client) => {
    const incident = await lockIncident(client, workspaceId, input.number);
    // Whom a contract names to be paged can answer, whatever their role.
    if (!(await wasPaged(client, actor, incident.id)))
      authorize(actor, 'incident.acknowledge', { workspaceId, agentId: incident.agent_id });
    refuseResolved(incident);
    refuseAcknowledged(incident);
    await client.query(
      `UPDATE incident SET state = 'acknowledged', acknowledged_at = clock_timestamp(), acknowledged_by_id = $2
       WHERE id = $1`,
      [incident.id, actor.kind === 'person' ? actor.personId : null],
    );
    await client.query(
      `UPDATE notification SET read_at = clock_timestamp()
       WHERE incident_id = $1 AND kind = 'incident.opened' AND read_at IS NULL`,
      [incident.id],
    );
    await appendAudit(client, [
      { workspaceId, actor, action: 'incident.acknowledged', subject: `incident:${incident.id}` },
    ]);
    await settlePages(client, {
      workspaceId,
      incidentId: incident.id,
      how: 'acknowledged',
      by: actorName(actor),
    });
    await enqueueWebhooks(client, {
      workspaceId,
      type: 'incident.acknowledged',
      incidentId: incident.id,
      data: await incidentEvent(client, incident.id, { by: actorName(actor) }),
      at: new Date(),
    });
    await notify(client, { workspaceId, topic: 'incident', id: incident.id });
    await notify(client, { workspaceId, topic: 'notification', id: incident.id });
  });
}
