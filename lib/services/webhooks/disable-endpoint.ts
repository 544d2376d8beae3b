import { z } from 'zod';
import { type Actor, actorName } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { notify } from '@/lib/db/notify';
import { transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { appendAudit } from '@/lib/services/audit/append';
import { disable } from '@/lib/services/outbox/record-attempt';

/**
 * Ends deliveries to an endpoint; what still waits for it is given up. It cannot be enabled again: a new endpoint has a
 * new secret. Throws `not_found`, or `conflict` when it was disabled before.
 */
export async function disableEndpoint(actor: Actor, input: { id: string }): Promise<void> {
  authorize(actor, 'webhook.manage', { workspaceId: actor.workspaceId });
  if (!z.uuid().safeParse(input.id).success) throw notThere();
  await transact(async (client) => {
    const found = await client.query<{ disabled_at: Date | null }>(
      'SELECT disabled_at FROM webhook_endpoint WHERE id = $1 AND workspace_id = $2 FOR UPDATE',
      [input.id, actor.workspaceId],
    );
    const row = found.rows[0];
    if (row === undefined) throw notThere();
    if (row.disabled_at !== null) throw new AppError('conflict', 'This endpoint is disabled already.');
    const reason = `Disabled by ${actorName(actor)}.`;
    await disable(client, input.id, reason);
    await appendAudit(client, [
      {
        workspaceId: actor.workspaceId,
        actor,
        action: 'webhook.disabled',
        subject: `webhook:${input.id}`,
        detail: { reason },
      },
    ]);
    await notify(client, { workspaceId: actor.workspaceId, topic: 'outbox', id: input.id });
  });
}

function notThere(): AppError {
  return new AppError('not_found', 'There is no such endpoint in this workspace.');
}
