import { z } from 'zod';
import { type Actor, actorName } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { config } from '@/lib/config';
import { transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { appendAudit } from '@/lib/services/audit/append';
import { enqueueWebhooks } from '@/lib/services/outbox/enqueue';
import { enqueueChannels } from '@/lib/services/pages/enqueue-channels';

/**
 * Sends a `webhook.test` message to one channel, as its kind has it, through the same outbox as every page; how it ended shows among the
 * deliveries. Throws `not_found` when there is no such endpoint in use.
 */
export async function sendTest(actor: Actor, input: { id: string }): Promise<void> {
  authorize(actor, 'webhook.manage', { workspaceId: actor.workspaceId });
  const by = actorName(actor);
  await transact(async (client) => {
    const missing = new AppError('not_found', 'There is no such endpoint in use in this workspace.');
    if (!z.uuid().safeParse(input.id).success) throw missing;
    const found = await client.query<{ kind: 'webhook' | 'slack' | 'pagerduty' }>(
      'SELECT kind FROM webhook_endpoint WHERE id = $1 AND workspace_id = $2 AND disabled_at IS NULL',
      [input.id, actor.workspaceId],
    );
    const kind = found.rows[0]?.kind;
    if (kind === undefined) throw missing;
    const now = new Date();
    if (kind === 'webhook')
      await enqueueWebhooks(client, {
        workspaceId: actor.workspaceId,
        type: 'webhook.test',
        incidentId: null,
        data: { message: `${by} sent this to see whether deliveries arrive.`, by },
        at: now,
        endpointId: input.id,
      });
    else
      await enqueueChannels(client, {
        workspaceId: actor.workspaceId,
        type: 'webhook.test',
        channels: [{ id: input.id, kind }],
        what: { kind: 'test', by, url: `${config().dashboardUrl}/settings/channels`, at: now },
      });
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
