import type { PoolClient } from 'pg';
import type { Actor } from '@/lib/auth/actor';
import { newId } from '@/lib/db/id';
import { notify } from '@/lib/db/notify';
import { enqueueMail } from '@/lib/services/mail/enqueue-mail';

/** Something for a person to see, before it is stored. */
export interface NewNotification {
  personId: string;
  /** comment.mentioned, comment.replied, … */
  kind: string;
  title: string;
  /** Where to go: a path of the dashboard. */
  path: string;
}

/**
 * Puts notifications before people, in the app and by mail, in the caller's transaction. Nobody is told of what they did
 * themselves, nobody twice of one thing, and nobody who has left.
 */
export async function addNotifications(
  client: Pick<PoolClient, 'query'>,
  actor: Actor,
  wanted: readonly NewNotification[],
): Promise<void> {
  const self = actor.kind === 'person' ? actor.personId : undefined;
  const byPerson = new Map<string, NewNotification>();
  for (const each of wanted)
    if (each.personId !== self && !byPerson.has(each.personId)) byPerson.set(each.personId, each);
  const list = [...byPerson.values()];
  if (list.length === 0) return;
  const { rowCount } = await client.query(
    `INSERT INTO notification (id, workspace_id, person_id, kind, title, path)
     SELECT n.id, $1, n.person_id, n.kind, n.title, n.path
       FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[]) AS n (id, person_id, kind, title, path)
       JOIN membership m ON m.workspace_id = $1 AND m.person_id = n.person_id
       JOIN person p ON p.id = n.person_id AND p.disabled_at IS NULL`,
    [
      actor.workspaceId,
      list.map(() => newId()),
      list.map((each) => each.personId),
      list.map((each) => each.kind),
      list.map((each) => each.title),
      list.map((each) => each.path),
    ],
  );
  if ((rowCount ?? 0) === 0) return;
  await enqueueMail(
    client,
    actor.workspaceId,
    list.map((each) => ({ personId: each.personId, type: each.kind, title: each.title, path: each.path })),
  );
  await notify(client, { workspaceId: actor.workspaceId, topic: 'notification', id: '' });
}
