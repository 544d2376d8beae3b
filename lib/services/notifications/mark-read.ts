import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { notify } from '@/lib/db/notify';
import { transact } from '@/lib/db/pool';

const idsSchema = z.array(z.uuid()).max(1000);

/** Marks the person's own notifications read: those named, or all. Those of others are left alone, silently. */
export async function markRead(actor: Actor, input: { ids: readonly string[] | 'all' }): Promise<void> {
  authorize(actor, 'incident.read', { workspaceId: actor.workspaceId });
  if (actor.kind !== 'person') return;
  const ids = input.ids === 'all' ? null : idsSchema.parse(input.ids);
  await transact(async (client) => {
    const marked = await client.query(
      `UPDATE notification SET read_at = clock_timestamp()
       WHERE person_id = $1 AND workspace_id = $2 AND read_at IS NULL AND ($3::uuid[] IS NULL OR id = ANY($3))`,
      [actor.personId, actor.workspaceId, ids],
    );
    if ((marked.rowCount ?? 0) > 0)
      await notify(client, { workspaceId: actor.workspaceId, topic: 'notification', id: '' });
  });
}
