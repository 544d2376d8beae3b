import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { newId } from '@/lib/db/id';
import { seal } from '@/lib/services/sealing/seal';
import { webhookTypeSchema } from './events';
import { assertReachableHost, parseWebhookUrl } from './guard-url';
import { insertEndpoint } from './insert-endpoint';
import { newSigningSecret } from './signing-secret';

export const newEndpointSchema = z.object({
  url: z.string().trim().min(1, 'Give the URL deliveries are posted to.').max(2000),
  /** What people call it, and contracts that name it; its host when left out. */
  name: z.string().trim().max(80, 'At most 80 characters.').default(''),
  /** Empty: every type. */
  events: z.array(webhookTypeSchema).max(50).default([]),
});

/**
 * Adds a webhook to the actor's workspace. The signing secret is returned this once and kept sealed.
 * Throws `invalid` for a URL that cannot be delivered to, `conflict` when the workspace has one for it, or of its name, already.
 */
export async function createEndpoint(
  actor: Actor,
  input: z.input<typeof newEndpointSchema>,
): Promise<{ id: string; url: string; secret: string }> {
  authorize(actor, 'webhook.manage', { workspaceId: actor.workspaceId });
  const { url: text, name, events } = newEndpointSchema.parse(input);
  const url = parseWebhookUrl(text);
  await assertReachableHost(url);
  const id = newId();
  const secret = newSigningSecret();
  await insertEndpoint(actor, {
    id,
    kind: 'webhook',
    name,
    url,
    sealedSecret: seal('webhook', secret, id),
    events,
  });
  return { id, url: url.href, secret };
}
