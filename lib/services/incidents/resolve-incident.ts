import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { transact } from '@/lib/db/pool';
import { killSwitchOf } from '@/lib/services/runs/kill-switch';
import { resumeLockedRun } from '@/lib/services/runs/resume-run';
import { lockRun, requireReason } from '@/lib/services/runs/run-for-action';
import { stopLockedRun } from '@/lib/services/runs/stop-run';
import { closeIncident } from './close-incident';
import { lockIncident, refuseResolved } from './incident-for-action';

/**
 * Ends an incident by what becomes of its run: it goes on (`resumed`) or it is asked to stop (`stopped`), for a reason
 * that is kept. Throws `not_found`, `forbidden`, `invalid` without a reason, or `conflict` that says who resolved it
 * before and when, or that the run has moved on otherwise.
 */
export async function resolveIncident(
  actor: Actor,
  input: { number: number; resolution: 'resumed' | 'stopped'; reason: string },
): Promise<void> {
  const { workspaceId } = actor;
  const action = input.resolution === 'resumed' ? 'run.resume' : 'run.stop';
  authorize(actor, 'incident.read', { workspaceId });
  await transact(async (client) => {
    const incident = await lockIncident(client, workspaceId, input.number);
    const run = await lockRun(client, workspaceId, incident.run_id);
    const named = await killSwitchOf(run.contract_version_id);
    authorize(actor, action, { workspaceId, agentId: incident.agent_id, named });
    refuseResolved(incident);
    const reason = requireReason(input.reason);
    // An incident whose clause only pages leaves the run as it is; then there is nothing to resume.
    const goesOn = run.status === 'running' || run.status === 'finished';
    if (input.resolution === 'resumed') {
      if (!goesOn) await resumeLockedRun(client, actor, run, reason);
    } else if (run.status !== 'stopping' && run.status !== 'stopped')
      await stopLockedRun(client, actor, run, reason);
    await closeIncident(client, actor, {
      incidentId: incident.id,
      resolution: input.resolution,
      reason,
    });
  });
}
