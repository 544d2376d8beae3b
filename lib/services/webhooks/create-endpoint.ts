import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { newId } from '@/lib/db/id';
import { notify } from '@/lib/db/notify';
import { transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { appendAudit } from '@/lib/services/audit/append';
import { seal } from '@/lib/services/sealing/seal';
import { webhookTypeSchema } from './events';
import { assertReachableHost, parseWebhookUrl } from './guard-url';
import { newSigningSecret } from './signing-secret';

export const newEndpointSchema = z.object({
  url: z.string().trim().min(1, 'Give the URL deliveries are posted to.').max(2000),
  /** Empty: every type. */
  events: z.array(webhookTypeSchema).max(50).default([]),
});

const MAX_ENDPOINTS = 50;

/**
 * Adds an endpoint to the actor's workspace. The signing secret is returned this once and kept sealed.
 * Throws `invalid` for a URL that cannot be delivered to, `conflict` when the workspace has one for it already.
 */
export async function createEndpoint(
  actor: Actor,
  input: z.input<typeof newEndpointSchema>,
): Promise<{ id: string; url: string; secret: string }> {
  authorize(actor, 'webhook.manage', { workspaceId: actor.workspaceId });
  const { url: text, events } = newEndpointSchema.parse(input);
  const url = parseWebhookUrl(text);
  await assertReachableHost(url);

  const id = newId();
  const secret = newSigningSecret();
  await transact(async (client) => {
    // One workspace's endpoints are added one after the other, so that the two checks below hold.
    await client.query('SELECT 1 FROM workspace WHERE id = $1 FOR UPDATE', [actor.workspaceId]);
    const present = await client.query<{ url: string }>(
      'SELECT url FROM webhook_endpoint WHERE workspace_id = $1 AND disabled_at IS NULL',
      [actor.workspaceId],
    );
    if (present.rows.some((row) => row.url === url.href))
      throw new AppError('conflict', 'There is an endpoint for this URL already.', {
        issues: [{ path: 'url', message: 'There is an endpoint for this URL already.' }],
      });
    if (present.rows.length >= MAX_ENDPOINTS)
      throw new AppError(
        'conflict',
        `A workspace has at most ${MAX_ENDPOINTS} endpoints. Disable one first.`,
      );
    await client.query(
      'INSERT INTO webhook_endpoint (id, workspace_id, url, sealed_secret, events, created_by_id) VALUES ($1, $2, $3, $4, $5, $6)',
      [
        id,
        actor.workspaceId,
        url.href,
        seal('webhook', secret, id),
        events,
        actor.kind === 'person' ? actor.personId : null,
      ],
    );
    await appendAudit(client, [
      {
        workspaceId: actor.workspaceId,
        actor,
        action: 'webhook.created',
        subject: `webhook:${id}`,
        detail: { host: url.host, events },
      },
    ]);
    await notify(client, { workspaceId: actor.workspaceId, topic: 'outbox', id });
  });
  return { id, url: url.href, secret };
}
