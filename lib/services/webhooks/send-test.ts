import { z } from 'zod';
import { type Actor, actorName } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { appendAudit } from '@/lib/services/audit/append';
import { enqueueWebhooks } from '@/lib/services/outbox/enqueue';

/**
 * Sends a `webhook.test` message to one endpoint through the same outbox as every page; how it ended shows among the
 * deliveries. Throws `not_found` when there is no such endpoint in use.
 */
export async function sendTest(actor: Actor, input: { id: string }): Promise<void> {
  authorize(actor, 'webhook.manage', { workspaceId: actor.workspaceId });
  const by = actorName(actor);
  await transact(async (client) => {
    const sent = z.uuid().safeParse(input.id).success
      ? await enqueueWebhooks(client, {
          workspaceId: actor.workspaceId,
          type: 'webhook.test',
          incidentId: null,
          data: { message: `${by} sent this to see whether deliveries arrive.`, by },
          at: new Date(),
          endpointId: input.id,
        })
      : 0;
    if (sent === 0) throw new AppError('not_found', 'There is no such endpoint in use in this workspace.');
    await appendAudit(client, [
      {
        workspaceId: actor.workspaceId,
        actor,
        action: 'webhook.tested',
        subject: `webhook:${input.id}`,
      },
    ]);
  });
}
