import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { notify } from '@/lib/db/notify';
import { transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { appendAudit } from '@/lib/services/audit/append';
import { addNotifications } from '@/lib/services/notifications/add';
import { maySettle } from './may-settle';
import { tell } from './tell';
import { lockThread } from './thread-for-action';

/**
 * Resolves a conversation, or opens it again. Doing it twice does nothing more. Who asked is told; of a requested change the
 * audit log keeps it. Throws `forbidden`, `not_found`, `conflict`.
 */
export async function settleThread(
  actor: Actor,
  input: { threadId: string; resolved: boolean },
): Promise<void> {
  const { workspaceId } = actor;
  authorize(actor, 'comment.write', { workspaceId });
  await transact(async (client) => {
    const thread = await lockThread(client, workspaceId, input.threadId);
    if (!maySettle(actor, thread, thread.askerGone))
      throw new AppError(
        'forbidden',
        'A requested change is resolved by who asked for it, or by GRC or the head of AI.',
      );
    if ((thread.resolvedAt !== null) === input.resolved) return;
    await client.query(
      `UPDATE comment_thread SET resolved_at = CASE WHEN $2 THEN clock_timestamp() END,
              resolved_by_id = CASE WHEN $2 THEN $3::uuid END
        WHERE id = $1`,
      [thread.id, input.resolved, actor.kind === 'person' ? actor.personId : null],
    );
    await addNotifications(
      client,
      actor,
      tell(actor, thread, {
        kind: input.resolved ? 'comment.resolved' : 'comment.reopened',
        said: `${input.resolved ? 'resolved' : 'reopened'} what you said on`,
        to: thread.createdById === null ? [] : [thread.createdById],
      }),
    );
    if (thread.kind === 'change-request')
      await appendAudit(client, [
        {
          workspaceId,
          actor,
          action: input.resolved ? 'contract.change-request-resolved' : 'contract.change-request-reopened',
          subject:
            thread.subject.agentId === null ? `workspace:${workspaceId}` : `agent:${thread.subject.agentId}`,
          detail: { clause: thread.clause, thread: thread.id },
        },
      ]);
    await notify(client, { workspaceId, topic: 'comment', id: thread.id });
  });
}
