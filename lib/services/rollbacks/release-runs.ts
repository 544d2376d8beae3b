import type { PoolClient } from 'pg';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { notify } from '@/lib/db/notify';
import { transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { appendAudit } from '@/lib/services/audit/append';
import { requireReason } from '@/lib/services/runs/run-for-action';
import { PAUSE_ENDED, settleWaiting } from '@/lib/services/runs/settle-waiting';
import { type HoldingRollback, STILL_HELD, tellOfRuns } from './hold-runs';
import { lockRollback } from './rollback-row';

/**
 * What becomes of the runs that a rollback paused and that are still paused: they go on, or are asked to stop. Runs that wait
 * on an incident of their own stay with it. Answers how many. Throws `not_found`, `forbidden`, `invalid` without a reason, or
 * `conflict` when none is left.
 */
export async function releaseRuns(
  actor: Actor,
  input: { rollbackId: string; release: 'resumed' | 'stopped'; reason: string },
): Promise<number> {
  const { workspaceId } = actor;
  const action = input.release === 'resumed' ? 'run.resume' : 'run.stop';
  authorize(actor, action, { workspaceId });
  return transact(async (client) => {
    await lockHeldRuns(client, workspaceId, input.rollbackId);
    const rollback = await lockRollback(client, workspaceId, input.rollbackId);
    authorize(actor, action, { workspaceId, agentId: rollback.agentId });
    const reason = requireReason(input.reason);
    const released = await release(client, actor, rollback, input.release, reason);
    if (released === 0)
      throw new AppError('conflict', 'None of the runs that this rollback paused waits any more.');
    await notify(client, { workspaceId, topic: 'incident', id: rollback.incidentId });
    return released;
  });
}

/** Runs come before their agent, in the order intake locks them. */
export async function lockHeldRuns(
  client: PoolClient,
  workspaceId: string,
  rollbackId: string,
): Promise<void> {
  await client.query(
    `SELECT FROM rollback_run h JOIN run r ON r.id = h.run_id
      WHERE r.workspace_id = $1 AND h.rollback_id::text = $2 AND h.held = 'pause' AND h.released_at IS NULL AND r.status = 'paused'
      ORDER BY r.id FOR NO KEY UPDATE OF r`,
    [workspaceId, rollbackId],
  );
}

/** The same, within a transaction that has locked the rollback and checked who may. */
export async function release(
  client: PoolClient,
  actor: Actor,
  rollback: HoldingRollback,
  how: 'resumed' | 'stopped',
  reason: string,
): Promise<number> {
  const { workspaceId } = rollback;
  const ended =
    how === 'resumed'
      ? `status = CASE WHEN root_ended THEN 'finished' ELSE 'running' END`
      : `status = CASE WHEN root_ended THEN 'stopped' ELSE 'stopping' END, stop_requested_at = clock_timestamp(),
         stopped_at = CASE WHEN root_ended THEN clock_timestamp() END`;
  const { rows } = await client.query<{ id: string; key: string; status: string }>(
    `WITH held AS (
       SELECT r.id FROM rollback b JOIN rollback_run h ON h.rollback_id = b.id JOIN run r ON r.id = h.run_id
        WHERE b.id = $1 AND ${STILL_HELD}
        ORDER BY r.id FOR NO KEY UPDATE OF r
     ), noted AS (
       UPDATE rollback_run h SET released_at = clock_timestamp(), release = $2 FROM held
        WHERE h.rollback_id = $1 AND h.run_id = held.id
     )
     UPDATE run SET ${ended}, revision = revision + 1, pauses = ${PAUSE_ENDED} FROM held WHERE run.id = held.id
     RETURNING run.id, run.key, run.status`,
    [rollback.id, how],
  );
  if (rows.length === 0) return 0;
  await settleWaiting(
    client,
    workspaceId,
    rows.map((run) => run.id),
  );
  await appendAudit(
    client,
    rows.flatMap((run) => {
      const entry = { workspaceId, actor, subject: `run:${run.id}` };
      const detail = { run: run.key, reason, rollback: rollback.id, incident: rollback.told.incident.number };
      if (how === 'resumed') return [{ ...entry, action: 'run.resumed', detail }];
      return [
        { ...entry, action: 'run.stop-requested', detail },
        ...(run.status === 'stopped'
          ? [{ ...entry, action: 'run.stopped', detail: { how: 'Its root span had ended already.' } }]
          : []),
      ];
    }),
  );
  await tellOfRuns(client, actor, rollback, {
    type: how === 'resumed' ? 'runs.resumed' : 'runs.stop-requested',
    keys: rows.map((run) => run.key),
    reason,
  });
  await notify(client, { workspaceId, topic: 'run', id: '' });
  return rows.length;
}
