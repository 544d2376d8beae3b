import { type Actor, actorName } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { notify } from '@/lib/db/notify';
import { transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { appendAudit } from '@/lib/services/audit/append';
import { placeInForce } from '@/lib/services/contracts/put-in-force';
import { enqueueWebhooks } from '@/lib/services/outbox/enqueue';
import { requireReason } from '@/lib/services/runs/run-for-action';
import { countUnderWay } from './hold-runs';
import { lockHeldRuns, release } from './release-runs';
import { lockRollback } from './rollback-row';

/**
 * Puts back in force the version that was gone back from, for a reason; runs that the rollback paused and that wait for nothing
 * else go on. What was asked to stop stays so. Throws `not_found`, `forbidden`, `invalid` without a reason, or `conflict`
 * when it was reversed before, or yet another version has been put in force since.
 */
export async function reverseRollback(
  actor: Actor,
  input: { rollbackId: string; reason: string },
): Promise<{ from: string; resumed: number }> {
  const { workspaceId } = actor;
  authorize(actor, 'incident.roll-back', { workspaceId });
  return transact(async (client) => {
    await lockHeldRuns(client, workspaceId, input.rollbackId);
    const rollback = await lockRollback(client, workspaceId, input.rollbackId);
    authorize(actor, 'incident.roll-back', { workspaceId, agentId: rollback.agentId });
    const reason = requireReason(input.reason);
    const { from, to, inForce, incidentId } = rollback;
    if (rollback.state === 'reversed')
      throw new AppError(
        'conflict',
        `This rollback was reversed before${rollback.settledBy === null ? '' : ` by ${rollback.settledBy}`}.`,
      );
    if (inForce?.id !== to.id)
      throw new AppError(
        'conflict',
        inForce === null
          ? 'The agent has no version of its own in force any more: there is nothing to reverse.'
          : `Version ${inForce.number} has been put in force since: there is nothing to reverse. Put another version in force on its own page.`,
      );
    await placeInForce(client, actor, {
      agentId: rollback.agentId,
      versionId: from.id,
      number: from.number,
      contract: from.contract,
    });
    await client.query(
      `UPDATE rollback SET state = 'reversed', settled_at = clock_timestamp(), settled_by_id = $2, settle_reason = $3
        WHERE id = $1`,
      [rollback.id, actor.kind === 'person' ? actor.personId : null, reason],
    );
    const resumed = await release(client, actor, rollback, 'resumed', reason);
    await appendAudit(client, [
      {
        workspaceId,
        actor,
        action: 'rollback.reversed',
        subject: `incident:${incidentId}`,
        detail: {
          rollback: rollback.id,
          from: from.number,
          fromName: from.name,
          to: to.number,
          toName: to.name,
          ...(resumed === 0 ? {} : { runsResumed: resumed }),
          reason,
        },
      },
    ]);
    await enqueueWebhooks(client, {
      workspaceId,
      type: 'contract.rollback-reversed',
      incidentId,
      data: {
        ...rollback.told,
        how: rollback.how,
        runs: {
          underWay: await countUnderWay(client, workspaceId, rollback.agentId, from.id),
          handling: rollback.runningRuns,
          held: 0,
        },
        by: actorName(actor),
        reason,
      },
      at: new Date(),
    });
    await notify(client, { workspaceId, topic: 'contract', id: from.id });
    await notify(client, { workspaceId, topic: 'incident', id: incidentId });
    return { from: from.name, resumed };
  });
}
