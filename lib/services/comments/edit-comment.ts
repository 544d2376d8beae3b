import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { notify } from '@/lib/db/notify';
import { transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { addNotifications } from '@/lib/services/notifications/add';
import { mentionsOf, readBody } from './comment-body';
import { tell } from './tell';
import { lockThread } from './thread-for-action';

/**
 * Rewrites one's own comment; it says from then on that it was edited. Who is named now and was not before is told.
 * Throws `forbidden` for another's, `not_found`, `invalid`, `conflict`.
 */
export async function editComment(actor: Actor, input: { commentId: string; body: string }): Promise<void> {
  const { workspaceId } = actor;
  authorize(actor, 'comment.write', { workspaceId });
  const body = readBody(input.body);
  await transact(async (client) => {
    const missing = new AppError('not_found', 'There is no such comment in this workspace.');
    if (!z.uuid().safeParse(input.commentId).success) throw missing;
    const { rows } = await client.query<{
      threadId: string;
      authorId: string | null;
      body: string;
      mentions: string[];
    }>(
      `SELECT c.thread_id AS "threadId", c.author_id AS "authorId", c.body, c.mentions
         FROM comment c JOIN comment_thread t ON t.id = c.thread_id
        WHERE c.id = $2 AND t.workspace_id = $1`,
      [workspaceId, input.commentId],
    );
    const comment = rows[0];
    if (comment === undefined) throw missing;
    if (actor.kind !== 'person' || comment.authorId !== actor.personId)
      throw new AppError('forbidden', 'Only who wrote a comment may change it.');
    if (comment.body === body) return;
    const thread = await lockThread(client, workspaceId, comment.threadId);
    const mentions = await mentionsOf(client, workspaceId, body);
    await client.query(
      'UPDATE comment SET body = $2, mentions = $3, edited_at = clock_timestamp() WHERE id = $1',
      [input.commentId, body, mentions],
    );
    await addNotifications(
      client,
      actor,
      tell(actor, thread, {
        kind: 'comment.mentioned',
        said: 'named you on',
        to: mentions.filter((personId) => !comment.mentions.includes(personId)),
      }),
    );
    await notify(client, { workspaceId, topic: 'comment', id: thread.id });
  });
}
