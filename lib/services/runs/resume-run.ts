import type { PoolClient } from 'pg';
import { type Actor, actorName } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { notify } from '@/lib/db/notify';
import { transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { appendAudit } from '@/lib/services/audit/append';
import { settleRun } from '@/lib/services/incidents/close-incident';
import { enqueueWebhooks } from '@/lib/services/outbox/enqueue';
import { runEvent } from '@/lib/services/outbox/incident-event';
import { lockRun, type RunForAction, requireReason } from './run-for-action';
import { PAUSE_ENDED, settleWaiting } from './settle-waiting';

/**
 * Lets a paused run go on; one whose root span has ended is finished. An incident that waits on it is
 * resolved with the last of its runs. Throws `not_found`, `invalid` without a reason, or `conflict` when the run is not paused.
 */
export async function resumeRun(actor: Actor, input: { runId: string; reason: string }): Promise<void> {
  authorize(actor, 'run.resume', { workspaceId: actor.workspaceId });
  await transact(async (client) => {
    const run = await lockRun(client, actor.workspaceId, input.runId);
    authorize(actor, 'run.resume', { workspaceId: actor.workspaceId, agentId: run.agent_id });
    const reason = requireReason(input.reason);
    await resumeLockedRun(client, actor, run, reason);
    if (run.incident_id !== null)
      await settleRun(client, actor, {
        incidentId: run.incident_id,
        runId: run.id,
        resolution: 'resumed',
        reason,
      });
  });
}

/** The same, within a transaction that has locked the run and checked who may. */
export async function resumeLockedRun(
  client: PoolClient,
  actor: Actor,
  run: RunForAction,
  reason: string,
): Promise<void> {
  if (run.status === 'stopping' || run.status === 'stopped')
    throw new AppError('conflict', 'This run was asked to stop, which cannot be taken back.');
  if (run.status !== 'paused') throw new AppError('conflict', 'This run is not paused: it goes on already.');
  const { workspaceId } = actor;
  await client.query(
    `UPDATE run SET status = CASE WHEN root_ended THEN 'finished' ELSE 'running' END, revision = revision + 1,
       pauses = ${PAUSE_ENDED} WHERE id = $1`,
    [run.id],
  );
  await settleWaiting(client, workspaceId, [run.id]);
  await appendAudit(client, [
    { workspaceId, actor, action: 'run.resumed', subject: `run:${run.id}`, detail: { reason } },
  ]);
  await enqueueWebhooks(client, {
    workspaceId,
    type: 'run.resumed',
    incidentId: run.incident_id,
    data: await runEvent(client, run.id, { by: actorName(actor), reason }),
    at: new Date(),
  });
  await notify(client, { workspaceId, topic: 'run', id: run.id });
}
