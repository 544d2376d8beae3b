import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import type { Role } from '@/lib/auth/roles';
import { db, transact } from '@/lib/db/pool';
import { settleRun } from '@/lib/services/incidents/close-incident';
import { lockRun } from '@/lib/services/runs/run-for-action';
import { stopLockedRun } from '@/lib/services/runs/stop-run';
import type { SwitchScope } from './switches-on';

/** Runs that began longer ago are not looked for: they have ended without saying so. */
export const RUNS_OF_DAYS = 7;

/** What of `run r JOIN agent a` a switch concerns; $1 workspace, $2 scope, $3 target. */
export const CONCERNED = `r.workspace_id = $1 AND r.started_at > now() - interval '${RUNS_OF_DAYS} days'
  AND ($2 = 'workspace' OR ($2 = 'agent' AND a.id::text = $3) OR ($2 = 'business-unit' AND a.business_unit = $3))`;

/**
 * Asks every run under way that a kill switch concerns to stop, each in a transaction of its own, so that those that the
 * process does not come to are at least blocked by the switch. Answers how many were asked.
 */
export async function stopRunsUnder(
  actor: Actor,
  to: { scope: SwitchScope; target: string; named: readonly Role[]; reason: string },
): Promise<number> {
  const { workspaceId } = actor;
  authorize(actor, 'kill-switch.use', { workspaceId, named: to.named });
  const { rows } = await db().query<{ id: string }>(
    `SELECT r.id FROM run r JOIN agent a ON a.id = r.agent_id
     WHERE ${CONCERNED} AND r.status IN ('running', 'paused') ORDER BY r.started_at DESC`,
    [workspaceId, to.scope, to.target],
  );
  let asked = 0;
  for (const { id } of rows)
    await transact(async (client) => {
      const run = await lockRun(client, workspaceId, id);
      // It may have ended, or somebody stopped it, since it was listed.
      if (run.status !== 'running' && run.status !== 'paused') return;
      await stopLockedRun(client, actor, run, to.reason);
      if (run.incident_id !== null)
        await settleRun(client, actor, {
          incidentId: run.incident_id,
          runId: run.id,
          resolution: 'stopped',
          reason: to.reason,
        });
      asked += 1;
    });
  return asked;
}
