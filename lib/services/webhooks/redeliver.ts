import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { notify } from '@/lib/db/notify';
import { transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { appendAudit } from '@/lib/services/audit/append';

/**
 * Tries a delivery that was given up (or waits for its next attempt) again at once, from the beginning of the schedule
 * and under the same `webhook-id`. Throws `not_found`, or `conflict` when it was delivered or its endpoint is disabled.
 */
export async function redeliver(actor: Actor, input: { id: string }): Promise<void> {
  authorize(actor, 'webhook.manage', { workspaceId: actor.workspaceId });
  const missing = new AppError('not_found', 'There is no such delivery in this workspace.');
  if (!z.uuid().safeParse(input.id).success) throw missing;
  await transact(async (client) => {
    const found = await client.query<{ delivered_at: Date | null; disabled_at: Date | null }>(
      `SELECT m.delivered_at, e.disabled_at FROM outbox_message m LEFT JOIN webhook_endpoint e ON e.id = m.endpoint_id
       WHERE m.id = $1 AND m.workspace_id = $2 FOR UPDATE OF m`,
      [input.id, actor.workspaceId],
    );
    const row = found.rows[0];
    if (row === undefined) throw missing;
    if (row.delivered_at !== null) throw new AppError('conflict', 'This delivery has arrived already.');
    if (row.disabled_at !== null)
      throw new AppError('conflict', 'Its endpoint is disabled. Add the endpoint anew for later events.');
    await client.query(
      'UPDATE outbox_message SET dead_at = NULL, discarded_at = NULL, attempts = 0, due_at = clock_timestamp() WHERE id = $1',
      [input.id],
    );
    await appendAudit(client, [
      {
        workspaceId: actor.workspaceId,
        actor,
        action: 'webhook.redelivered',
        subject: `delivery:${input.id}`,
      },
    ]);
    await notify(client, { workspaceId: actor.workspaceId, topic: 'outbox', id: '' });
  });
}
