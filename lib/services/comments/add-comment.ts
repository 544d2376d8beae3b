import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { newId } from '@/lib/db/id';
import { notify } from '@/lib/db/notify';
import { transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { addNotifications } from '@/lib/services/notifications/add';
import { mentionsOf, readBody } from './comment-body';
import { tell } from './tell';
import { lockThread } from './thread-for-action';

/** A conversation this long is none any more. */
const MOST_IN_THREAD = 500;

/**
 * Answers in a conversation, also a resolved one (which stays resolved). Those it names are told, and everybody who wrote in it.
 * Throws `forbidden`, `not_found`, `invalid`, `conflict`.
 */
export async function addComment(
  actor: Actor,
  input: { threadId: string; body: string },
): Promise<{ id: string }> {
  const { workspaceId } = actor;
  authorize(actor, 'comment.write', { workspaceId });
  const body = readBody(input.body);
  const author = actor.kind === 'person' ? actor.personId : null;
  return transact(async (client) => {
    const thread = await lockThread(client, workspaceId, input.threadId);
    const { rows } = await client.query<{ authorId: string | null }>(
      'SELECT author_id AS "authorId" FROM comment WHERE thread_id = $1',
      [thread.id],
    );
    if (rows.length >= MOST_IN_THREAD)
      throw new AppError('conflict', 'This conversation is full. Resolve it and begin another.');
    const id = newId();
    const mentions = await mentionsOf(client, workspaceId, body);
    await client.query(
      'INSERT INTO comment (id, thread_id, author_id, body, mentions) VALUES ($1, $2, $3, $4, $5)',
      [id, thread.id, author, body, mentions],
    );
    await addNotifications(client, actor, [
      ...tell(actor, thread, { kind: 'comment.mentioned', said: 'named you on', to: mentions }),
      ...tell(actor, thread, {
        kind: 'comment.replied',
        said: 'answered on',
        to: rows.flatMap(({ authorId }) => authorId ?? []),
      }),
    ]);
    await notify(client, { workspaceId, topic: 'comment', id: thread.id });
    return { id };
  });
}
