import type { PoolClient } from 'pg';
import { type Actor, actorName } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { notify } from '@/lib/db/notify';
import { transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { formatDateTime } from '@/lib/format';
import { appendAudit } from '@/lib/services/audit/append';
import { settleRun } from '@/lib/services/incidents/close-incident';
import { enqueueWebhooks } from '@/lib/services/outbox/enqueue';
import { runEvent } from '@/lib/services/outbox/incident-event';
import { killSwitchOf } from './kill-switch';
import { lockRun, type RunForAction, requireReason } from './run-for-action';
import { tellStopped } from './run-status';
import { PAUSE_ENDED, settleWaiting } from './settle-waiting';

/**
 * Asks a run to stop. Every later decision is blocked at once; that the agent heard it and that it stopped are facts of
 * their own, told by the agent. A run whose root span has ended has nothing left to stop and is stopped now. An incident
 * that waits on it is resolved with the last of its runs. Roles at the contract's kill switch may too. Throws `not_found`, `invalid` without a reason, or `conflict` when it was
 * stopped or finished before.
 */
export async function stopRun(actor: Actor, input: { runId: string; reason: string }): Promise<void> {
  const { workspaceId } = actor;
  authorize(actor, 'run.read', { workspaceId });
  await transact(async (client) => {
    const run = await lockRun(client, workspaceId, input.runId);
    const named = await killSwitchOf(run.contract_version_id);
    authorize(actor, 'run.stop', { workspaceId, agentId: run.agent_id, named });
    const reason = requireReason(input.reason);
    await stopLockedRun(client, actor, run, reason);
    if (run.incident_id !== null)
      await settleRun(client, actor, {
        incidentId: run.incident_id,
        runId: run.id,
        resolution: 'stopped',
        reason,
      });
  });
}

/** The same, within a transaction that has locked the run and checked who may. */
export async function stopLockedRun(
  client: PoolClient,
  actor: Actor,
  run: RunForAction,
  reason: string,
): Promise<void> {
  if (run.status === 'stopped' || run.status === 'stopping')
    throw new AppError('conflict', `This run was asked to stop before: ${await whoAsked(client, run)}.`);
  if (run.status === 'finished')
    throw new AppError('conflict', 'This run has finished by itself: there is nothing left to stop.');
  const { workspaceId } = actor;
  await client.query(
    `UPDATE run SET status = CASE WHEN $2 THEN 'stopped' ELSE 'stopping' END, revision = revision + 1,
       stop_requested_at = clock_timestamp(), stopped_at = CASE WHEN $2 THEN clock_timestamp() END,
       pauses = ${PAUSE_ENDED} WHERE id = $1`,
    [run.id, run.root_ended],
  );
  await settleWaiting(client, workspaceId, [run.id]);
  await appendAudit(client, [
    { workspaceId, actor, action: 'run.stop-requested', subject: `run:${run.id}`, detail: { reason } },
  ]);
  await enqueueWebhooks(client, {
    workspaceId,
    type: 'run.stop-requested',
    incidentId: run.incident_id,
    data: await runEvent(client, run.id, { by: actorName(actor), reason }),
    at: new Date(),
  });
  if (run.root_ended) await tellStopped(client, actor, run.id, 'Its root span had ended already.');
  else await notify(client, { workspaceId, topic: 'run', id: run.id });
}

/** Who asked a run to stop and when, in words. */
async function whoAsked(client: PoolClient, run: RunForAction): Promise<string> {
  const result = await client.query<{ actor_name: string; at: Date; zone: string }>(
    `SELECT e.actor_name, e.at, w.time_zone AS zone FROM audit_entry e JOIN workspace w ON w.id = e.workspace_id
     WHERE e.subject = $1 AND e.action = 'run.stop-requested' ORDER BY e.id DESC LIMIT 1`,
    [`run:${run.id}`],
  );
  const row = result.rows[0];
  if (row === undefined) return run.stop_requested_at?.toISOString() ?? 'by its agent';
  return `by ${row.actor_name}, ${formatDateTime(row.at, row.zone)}`;
}
