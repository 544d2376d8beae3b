import type { PoolClient } from 'pg';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { killSwitchOf } from '@/lib/services/runs/kill-switch';
import { resumeLockedRun } from '@/lib/services/runs/resume-run';
import { lockRun, requireReason } from '@/lib/services/runs/run-for-action';
import { stopLockedRun } from '@/lib/services/runs/stop-run';
import { closeIncident } from './close-incident';
import { lockIncident, refuseResolved } from './incident-for-action';

/** What became of the runs of an incident; keys of runs. */
export interface Resolved {
  done: string[];
  /** Runs that somebody else had decided about meanwhile, and how. */
  failed: { run: string; why: string }[];
}

/**
 * Ends an incident by what becomes of the runs that wait because of it: they go on (`resumed`) or are asked to stop
 * (`stopped`), for a reason that is kept. A run that cannot is told and keeps nobody from the others. Throws `not_found`,
 * `forbidden`, `invalid` without a reason, or `conflict` that says who resolved it before and when, or that all its runs
 * have moved on otherwise.
 */
export async function resolveIncident(
  actor: Actor,
  input: { number: number; resolution: 'resumed' | 'stopped'; reason: string },
): Promise<Resolved> {
  const { workspaceId } = actor;
  const { resolution } = input;
  const action = resolution === 'resumed' ? 'run.resume' : 'run.stop';
  authorize(actor, 'incident.read', { workspaceId });
  return transact(async (client) => {
    const incident = await lockIncident(client, workspaceId, input.number);
    const held = await client.query<{ versionId: string | null }>(
      'SELECT contract_version_id AS "versionId" FROM run WHERE id = $1',
      [incident.run_id],
    );
    const named = await killSwitchOf(held.rows[0]?.versionId ?? null);
    authorize(actor, action, { workspaceId, agentId: incident.agent_id, named });
    refuseResolved(incident);
    const reason = requireReason(input.reason);
    const resolved: Resolved = { done: [], failed: [] };
    for (const run of incident.runs) {
      const why = await settle(client, actor, run.id, resolution, reason);
      if (why === null) resolved.done.push(run.key);
      else resolved.failed.push({ run: run.key, why });
    }
    const [failed] = resolved.failed;
    if (resolved.done.length === 0 && failed !== undefined) throw new AppError('conflict', failed.why);
    await closeIncident(client, actor, { incidentId: incident.id, resolution, reason });
    return resolved;
  });
}

/** Resumes or stops one run where there is something to resume or stop; answers why it cannot be, null: it was. */
async function settle(
  client: PoolClient,
  actor: Actor,
  runId: string,
  resolution: 'resumed' | 'stopped',
  reason: string,
): Promise<string | null> {
  const run = await lockRun(client, actor.workspaceId, runId);
  // An incident whose clause only pages leaves the run as it is; then there is nothing to resume.
  const isDone =
    resolution === 'resumed'
      ? run.status === 'running' || run.status === 'finished'
      : run.status === 'stopping' || run.status === 'stopped';
  if (isDone) return null;
  await client.query('SAVEPOINT one_run');
  try {
    if (resolution === 'resumed') await resumeLockedRun(client, actor, run, reason);
    else await stopLockedRun(client, actor, run, reason);
    await client.query('RELEASE SAVEPOINT one_run');
    return null;
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'conflict') throw error;
    await client.query('ROLLBACK TO SAVEPOINT one_run');
    return error.message;
  }
}
