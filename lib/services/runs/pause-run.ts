import { type Actor, actorName } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { notify } from '@/lib/db/notify';
import { transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { appendAudit } from '@/lib/services/audit/append';
import { enqueueWebhooks } from '@/lib/services/outbox/enqueue';
import { runEvent } from '@/lib/services/outbox/incident-event';
import { killSwitchOf } from './kill-switch';
import { lockRun, requireReason } from './run-for-action';

/**
 * Holds a run that goes on, by hand: every later decision is blocked until somebody resumes it, and its agent reads that
 * it is to wait. Whoever may stop the run may. Throws `not_found`, `forbidden`, `invalid` without a reason, or `conflict`
 * when there is nothing to hold.
 */
export async function pauseRun(actor: Actor, input: { runId: string; reason: string }): Promise<void> {
  const { workspaceId } = actor;
  authorize(actor, 'run.read', { workspaceId });
  await transact(async (client) => {
    const run = await lockRun(client, workspaceId, input.runId);
    const named = await killSwitchOf(run.contract_version_id);
    authorize(actor, 'run.pause', { workspaceId, agentId: run.agent_id, named });
    const reason = requireReason(input.reason);
    if (run.status !== 'running') throw new AppError('conflict', REFUSALS[run.status]);
    await client.query(
      `UPDATE run SET status = 'paused', paused_at = clock_timestamp(), pause_acked_at = NULL, revision = revision + 1
       WHERE id = $1`,
      [run.id],
    );
    if (run.incident_id !== null)
      await client.query(
        `WITH held AS (UPDATE incident_run SET paused_at = COALESCE(paused_at, clock_timestamp())
           WHERE incident_id = $1 AND run_id = $2)
         UPDATE incident SET paused_at = COALESCE(paused_at, clock_timestamp()) WHERE id = $1`,
        [run.incident_id, run.id],
      );
    await appendAudit(client, [
      {
        workspaceId,
        actor,
        action: 'run.paused',
        subject: `run:${run.id}`,
        detail: { run: run.key, reason },
      },
    ]);
    await enqueueWebhooks(client, {
      workspaceId,
      type: 'run.paused',
      incidentId: run.incident_id,
      data: await runEvent(client, run.id, { by: actorName(actor), reason }),
      at: new Date(),
    });
    await notify(client, { workspaceId, topic: 'run', id: run.id });
    if (run.incident_id !== null)
      await notify(client, { workspaceId, topic: 'incident', id: run.incident_id });
  });
}

const REFUSALS = {
  paused: 'This run is paused already.',
  stopping: 'This run was asked to stop: there is nothing left to pause.',
  stopped: 'This run has stopped: there is nothing left to pause.',
  finished: 'This run has finished by itself: there is nothing left to pause.',
} as const;
