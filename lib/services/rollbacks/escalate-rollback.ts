import { type Actor, actorName } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { appendAudit } from '@/lib/services/audit/append';
import { lockIncident, refuseResolved } from '@/lib/services/incidents/incident-for-action';
import { rollbackTarget } from '@/lib/services/incidents/last-known-good';
import { escalateNow } from '@/lib/services/pages/escalate-now';
import { requireReason } from '@/lib/services/runs/run-for-action';

/**
 * Whoever has the incident leaves the decision about a proposed rollback to whoever comes next on the escalation path, who
 * is paged at once, whether the incident is acknowledged or not. Answers the names. Throws `not_found`, `forbidden`, `invalid`
 * without a reason, or `conflict` when there is nothing to decide any more.
 */
export async function escalateRollback(
  actor: Actor,
  input: { number: number; reason: string },
): Promise<string[]> {
  const { workspaceId } = actor;
  authorize(actor, 'incident.page', { workspaceId });
  return transact(async (client) => {
    const incident = await lockIncident(client, workspaceId, input.number);
    authorize(actor, 'incident.page', { workspaceId, agentId: incident.agent_id });
    refuseResolved(incident);
    const reason = requireReason(input.reason);
    const run = await client.query<{ version: string | null }>(
      'SELECT contract_version_id AS version FROM run WHERE id = $1',
      [incident.run_id],
    );
    const target = await rollbackTarget(client, incident.agent_id, run.rows[0]?.version ?? null);
    if (target?.state !== 'possible')
      throw new AppError(
        'conflict',
        'There is no rollback to decide about any more. Look at the incident again.',
      );
    await appendAudit(client, [
      {
        workspaceId,
        actor,
        action: 'incident.escalated',
        subject: `incident:${incident.id}`,
        detail: {
          number: incident.number,
          rollbackTo: target.to.number,
          reason: `Rollback to version ${target.to.name}: ${reason}`,
        },
      },
    ]);
    return escalateNow(client, {
      workspaceId,
      incidentId: incident.id,
      by: actorName(actor),
      reason: `roll back to version ${target.to.name}? ${reason}`,
    });
  });
}
