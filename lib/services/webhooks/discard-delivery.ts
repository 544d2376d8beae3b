import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { notify } from '@/lib/db/notify';
import { transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { appendAudit } from '@/lib/services/audit/append';

/**
 * Takes a delivery that was given up off the list: somebody has seen it, and it need not arrive any more. What was tried stays
 * on the record. Throws `not_found`, or `conflict` when it was not given up, or was discarded before.
 */
export async function discardDelivery(actor: Actor, input: { id: string }): Promise<void> {
  authorize(actor, 'webhook.manage', { workspaceId: actor.workspaceId });
  const missing = new AppError('not_found', 'There is no such delivery in this workspace.');
  if (!z.uuid().safeParse(input.id).success) throw missing;
  await transact(async (client) => {
    const found = await client.query<{ dead: boolean; discarded: boolean; type: string }>(
      `SELECT dead_at IS NOT NULL AS dead, discarded_at IS NOT NULL AS discarded, type
       FROM outbox_message WHERE id = $1 AND workspace_id = $2 FOR UPDATE`,
      [input.id, actor.workspaceId],
    );
    const row = found.rows[0];
    if (row === undefined) throw missing;
    if (!row.dead) throw new AppError('conflict', 'Only what was given up can be discarded.');
    if (row.discarded) throw new AppError('conflict', 'This delivery was discarded before.');
    await client.query('UPDATE outbox_message SET discarded_at = clock_timestamp() WHERE id = $1', [
      input.id,
    ]);
    await appendAudit(client, [
      {
        workspaceId: actor.workspaceId,
        actor,
        action: 'webhook.discarded',
        subject: `delivery:${input.id}`,
        detail: { type: row.type },
      },
    ]);
    await notify(client, { workspaceId: actor.workspaceId, topic: 'outbox', id: input.id });
  });
}
