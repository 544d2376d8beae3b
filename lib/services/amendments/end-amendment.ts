import { type Actor, actorName } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { notify } from '@/lib/db/notify';
import { transact } from '@/lib/db/pool';
import { appendAudit } from '@/lib/services/audit/append';
import { closeReview } from '@/lib/services/gates/close-review';
import { clockAfter, lockAgent } from '@/lib/services/gates/find-review';
import { reasonOf } from '@/lib/services/gates/reason';
import { addNotifications } from '@/lib/services/notifications/add';
import { inAudit, lockAmendment, refuseEnded } from './rows';

/**
 * Ends an amendment that is not in force: withdrawn by those who write, or refused by those who agree to it. Its draft is
 * discarded, its open reviews close, and what was written and signed stays to be read. Throws `conflict` when it is over.
 */
export async function endAmendment(
  actor: Actor,
  input: { number: number; as: 'withdrawn' | 'refused'; reason: string },
): Promise<void> {
  const { workspaceId } = actor;
  authorize(actor, input.as === 'withdrawn' ? 'amendment.write' : 'amendment.refuse', { workspaceId });
  const reason = reasonOf(input.reason);
  await transact(async (client) => {
    const row = await lockAmendment(client, workspaceId, input.number);
    refuseEnded(row);
    const { agent } = await lockAgent(client, workspaceId, row.agent);
    const told = `${actorName(actor)} ${input.as === 'withdrawn' ? 'withdrew' : 'refused'} AMD-${row.number} of ${agent.displayName}`;
    for (const review of agent.reviews)
      if (review.state === 'open' && review.versionId !== null && review.versionId === row.versionId)
        await closeReview(client, actor, agent, review, {
          state: 'superseded',
          at: clockAfter(agent, new Date()),
          reason: `AMD-${row.number} was ${input.as}: ${reason}`,
          told,
        });
    await client.query(
      `UPDATE contract_draft SET state = 'discarded', ended_at = now() WHERE id = $1 AND state = 'open'`,
      [row.draftId],
    );
    await client.query(
      `UPDATE amendment SET state = $2, ended_at = now(), ended_by_id = $3, end_reason = $4 WHERE id = $1`,
      [row.id, input.as, actor.kind === 'person' ? actor.personId : null, reason],
    );
    await appendAudit(client, [
      {
        workspaceId,
        actor,
        action: `amendment.${input.as}`,
        subject: `amendment:${row.id}`,
        detail: { ...inAudit(row), reason },
      },
    ]);
    if (row.createdById !== null)
      await addNotifications(client, actor, [
        {
          personId: row.createdById,
          kind: 'amendment.ended',
          title: told,
          path: `/amendments/${row.number}`,
        },
      ]);
    await notify(client, { workspaceId, topic: 'amendment', id: row.id });
    await notify(client, { workspaceId, topic: 'gate', id: '' });
  });
}
