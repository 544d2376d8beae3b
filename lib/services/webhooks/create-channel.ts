import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { newId } from '@/lib/db/id';
import { seal } from '@/lib/services/sealing/seal';
import { assertReachableHost, parseChannelUrl } from './guard-url';
import { insertEndpoint } from './insert-endpoint';

/** Where PagerDuty takes events, by the region of an account. */
const PAGERDUTY_HOSTS = {
  us: 'https://events.pagerduty.com/v2/enqueue',
  eu: 'https://events.eu.pagerduty.com/v2/enqueue',
} as const;

const name = z
  .string()
  .trim()
  .min(1, 'Give it a name, such as the channel’s.')
  .max(80, 'At most 80 characters.');

export const newSlackSchema = z.object({
  name,
  url: z
    .string()
    .trim()
    .min(1, 'Paste the address of the incoming webhook.')
    .max(2000)
    .refine(
      (text) => !text.startsWith('https://slack.com/'),
      'This is a page of Slack, not an incoming webhook.',
    ),
});

export const newPagerDutySchema = z.object({
  name,
  key: z
    .string()
    .trim()
    .regex(/^[A-Za-z0-9]{32}$/, 'An integration key has 32 letters and digits.'),
  region: z.enum(['us', 'eu', 'other']).default('us'),
  /** Of region "other" alone. */
  url: z.string().trim().max(2000).default(''),
});

/**
 * Pages in a Slack channel, through an incoming webhook of it: its address is sealed and never shown again. Throws `invalid`
 * for an address that cannot be delivered to, `conflict` for a name that is taken.
 */
export async function createSlackChannel(actor: Actor, input: z.input<typeof newSlackSchema>): Promise<void> {
  authorize(actor, 'webhook.manage', { workspaceId: actor.workspaceId });
  const slack = newSlackSchema.parse(input);
  const url = parseChannelUrl(slack.url);
  await assertReachableHost(url);
  const id = newId();
  await insertEndpoint(actor, {
    id,
    kind: 'slack',
    name: slack.name,
    url,
    sealedSecret: seal('slack', url.href, id),
    events: [],
  });
}

/** Pages a PagerDuty service, by its Events API v2 integration: the key is sealed and never shown again. Throws as above. */
export async function createPagerDutyChannel(
  actor: Actor,
  input: z.input<typeof newPagerDutySchema>,
): Promise<void> {
  authorize(actor, 'webhook.manage', { workspaceId: actor.workspaceId });
  const service = newPagerDutySchema.parse(input);
  const url = parseChannelUrl(service.region === 'other' ? service.url : PAGERDUTY_HOSTS[service.region]);
  // The official hosts are known to be right; a network that cannot reach them now may later.
  if (service.region === 'other') await assertReachableHost(url);
  const id = newId();
  await insertEndpoint(actor, {
    id,
    kind: 'pagerduty',
    name: service.name,
    url,
    sealedSecret: seal('pagerduty', service.key, id),
    events: [],
  });
}
