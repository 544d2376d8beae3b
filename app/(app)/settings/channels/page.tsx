import type { Metadata } from 'next';
import Link from 'next/link';
import { NotYours } from '@/components/settings/not-yours';
import { SettingsPage } from '@/components/settings/settings-page';
import { LiveRefresh } from '@/components/shell/live-refresh';
import { Callout } from '@/components/ui/callout';
import { EmptyState } from '@/components/ui/empty-state';
import { PagingFoot } from '@/components/ui/paging';
import { RelativeTime } from '@/components/ui/relative-time';
import { Sheet, Stack } from '@/components/ui/sheet';
import { Table, Td, Th, Tr } from '@/components/ui/table';
import { Tag } from '@/components/ui/tag';
import { AddPagerDuty, AddSlack, AddWebhook } from '@/components/webhooks/add-channel';
import { DisableEndpoint, Discard, Redeliver, TestEndpoint } from '@/components/webhooks/webhook-dialogs';
import { can } from '@/lib/auth/can';
import { requireActor } from '@/lib/auth/session';
import { formatCount, plural } from '@/lib/format';
import { WEBHOOK_TYPES } from '@/lib/services/webhooks/events';
import { DELIVERY_STATES, type DeliveryDto, listDeliveries } from '@/lib/services/webhooks/list-deliveries';
import { listEndpoints } from '@/lib/services/webhooks/list-endpoints';

export const metadata: Metadata = { title: 'Channels' };

export default async function ChannelsPage({
  searchParams,
}: {
  searchParams: Promise<{ state?: string | string[]; after?: string | string[] }>;
}) {
  const actor = await requireActor();
  if (!can(actor, 'webhook.manage', { workspaceId: actor.workspaceId }))
    return (
      <SettingsPage place="channels" title="Channels">
        <NotYours action="webhook.manage" what="Channels are" />
      </SettingsPage>
    );
  const query = await searchParams;
  const state = DELIVERY_STATES.find((each) => each === query.state);
  const after = typeof query.after === 'string' ? query.after : undefined;
  const [endpoints, { deliveries, next }] = await Promise.all([
    listEndpoints(actor),
    listDeliveries(actor, {
      ...(state === undefined ? {} : { state }),
      ...(after === undefined ? {} : { after }),
    }),
  ]);
  const address = (more: Record<string, string> = {}) =>
    `/settings/channels?${new URLSearchParams({ ...(state === undefined ? {} : { state }), ...more })}`;
  const dead = endpoints.reduce((sum, endpoint) => sum + endpoint.dead, 0);
  const inUse = endpoints.filter((endpoint) => endpoint.disabledAt === null);
  const events = WEBHOOK_TYPES.filter((type) => type !== 'webhook.test').map((type) => ({
    value: type,
    label: type,
  }));
  return (
    <SettingsPage
      place="channels"
      title="Channels"
      facts={[plural(inUse.length, 'channel in use', 'channels in use')]}
      actions={
        <>
          <AddSlack />
          <AddPagerDuty />
          <AddWebhook events={events} />
        </>
      }
    >
      <LiveRefresh topics={['outbox']} />
      <Stack>
        {dead === 0 || state === 'dead' ? null : (
          <Callout tone="critical" title={`${plural(dead, 'delivery was', 'deliveries were')} given up`}>
            Every attempt failed, or the receiver will never take it.{' '}
            <Link className="prose-link" href="/settings/channels?state=dead">
              Look at them
            </Link>
          </Callout>
        )}
        <Sheet title="Channels" label="counts of 30 days">
          {endpoints.length === 0 ? (
            <EmptyState title="Pages go to the app and by mail only">
              Add a Slack channel or a PagerDuty service that is paged too, or a webhook of your own.
            </EmptyState>
          ) : (
            <Table label="Channels">
              <thead>
                <tr>
                  <Th>Name</Th>
                  <Th>Kind</Th>
                  <Th>Events</Th>
                  <Th numeric>Delivered</Th>
                  <Th numeric>Waiting</Th>
                  <Th numeric>Given up</Th>
                  <Th>Last delivered</Th>
                  <Th>Change</Th>
                </tr>
              </thead>
              <tbody>
                {endpoints.map((endpoint) => (
                  <Tr key={endpoint.id} className={endpoint.disabledAt === null ? '' : 'text-ink-3'}>
                    <Td className="max-w-72">
                      <span className="block truncate font-medium" title={endpoint.name}>
                        {endpoint.name}
                      </span>
                      <span className="block truncate code text-ink-2" title={endpoint.url}>
                        {endpoint.url}
                      </span>
                    </Td>
                    <Td>{KIND_WORDS[endpoint.kind]}</Td>
                    <Td wrap className="text-ink-2">
                      {endpoint.kind !== 'webhook'
                        ? 'pages'
                        : endpoint.events.length === 0
                          ? 'all'
                          : endpoint.events.join(', ')}
                    </Td>
                    <Td numeric>{formatCount(endpoint.delivered)}</Td>
                    <Td numeric>{formatCount(endpoint.waiting)}</Td>
                    <Td numeric className={endpoint.dead > 0 ? 'text-critical' : ''}>
                      {formatCount(endpoint.dead)}
                    </Td>
                    <Td className="text-ink-2">
                      {endpoint.lastDeliveredAt === null ? (
                        'never'
                      ) : (
                        <RelativeTime at={endpoint.lastDeliveredAt} />
                      )}
                    </Td>
                    <Td>
                      {endpoint.disabledAt === null ? (
                        <span className="flex gap-1.5">
                          <TestEndpoint id={endpoint.id} name={endpoint.name} />
                          <DisableEndpoint id={endpoint.id} name={endpoint.name} waiting={endpoint.waiting} />
                        </span>
                      ) : (
                        <span title={endpoint.disabledReason ?? ''}>
                          Disabled <RelativeTime at={endpoint.disabledAt} />
                        </span>
                      )}
                    </Td>
                  </Tr>
                ))}
              </tbody>
            </Table>
          )}
        </Sheet>
        {endpoints.length === 0 && deliveries.length === 0 && state === undefined ? null : (
          <Sheet
            title="Deliveries"
            label={
              <nav aria-label="Deliveries by state" className="flex gap-3">
                {[undefined, ...DELIVERY_STATES].map((each) => (
                  <Link
                    key={each ?? 'all'}
                    href={each === undefined ? '/settings/channels' : `/settings/channels?state=${each}`}
                    aria-current={each === state ? 'true' : undefined}
                    className="hover:text-ink aria-[current]:font-medium aria-[current]:text-ink aria-[current]:underline"
                  >
                    {each === undefined ? 'all' : STATE_WORDS[each]}
                  </Link>
                ))}
              </nav>
            }
          >
            {deliveries.length === 0 ? (
              <EmptyState title={state === 'dead' ? 'Nothing was given up' : 'No deliveries here'}>
                They appear when an incident opens, a run is stopped or resumed, or you send a test.
              </EmptyState>
            ) : (
              <Table label="Deliveries">
                <thead>
                  <tr>
                    <Th>Event</Th>
                    <Th>State</Th>
                    <Th>To</Th>
                    <Th>Made</Th>
                    <Th numeric>Attempts</Th>
                    <Th>Last answer</Th>
                    <Th>Change</Th>
                  </tr>
                </thead>
                <tbody>
                  {deliveries.map((delivery) => (
                    <Tr key={delivery.id}>
                      <Td>
                        <span className="code">{delivery.type}</span>
                        {delivery.incidentNumber === null ? null : (
                          <Link className="ml-2 prose-link" href={`/incidents/${delivery.incidentNumber}`}>
                            INC-{delivery.incidentNumber}
                          </Link>
                        )}
                      </Td>
                      <Td>
                        <State delivery={delivery} />
                      </Td>
                      <Td className="max-w-64 truncate text-ink-2">
                        <span title={delivery.url}>{delivery.to}</span>
                      </Td>
                      <Td className="text-ink-2">
                        <RelativeTime at={delivery.createdAt} />
                      </Td>
                      <Td numeric>{formatCount(delivery.attempts)}</Td>
                      <Td wrap className="text-ink-2">
                        {delivery.lastError ?? delivery.lastStatus ?? '–'}
                      </Td>
                      <Td>
                        <span className="flex gap-1.5">
                          {delivery.state === 'delivered' ? null : <Redeliver id={delivery.id} />}
                          {delivery.state === 'dead' ? <Discard id={delivery.id} /> : null}
                        </span>
                      </Td>
                    </Tr>
                  ))}
                </tbody>
              </Table>
            )}
            <PagingFoot
              first={after === undefined ? null : address()}
              next={next === null ? null : address({ after: next })}
            />
          </Sheet>
        )}
      </Stack>
    </SettingsPage>
  );
}

const KIND_WORDS = { webhook: 'Webhook', slack: 'Slack', pagerduty: 'PagerDuty' };
const STATE_WORDS = { waiting: 'waiting', delivered: 'delivered', dead: 'given up', discarded: 'discarded' };

function State({ delivery }: { delivery: DeliveryDto }) {
  if (delivery.state === 'delivered')
    return (
      <>
        Delivered{' '}
        {delivery.deliveredAt === null ? null : (
          <span className="text-ink-2">
            <RelativeTime at={delivery.deliveredAt} />
          </span>
        )}
      </>
    );
  if (delivery.state === 'discarded') return <Tag>Discarded</Tag>;
  if (delivery.state === 'dead') return <Tag tone="critical">Given up</Tag>;
  return (
    <>
      <Tag tone="medium">Waiting</Tag>{' '}
      {delivery.attempts === 0 || delivery.nextAttemptAt === null ? null : (
        <span className="text-ink-2">
          again <RelativeTime at={delivery.nextAttemptAt} />
        </span>
      )}
    </>
  );
}
