import type { PoolClient } from 'pg';
import { newId } from '@/lib/db/id';
import { notify } from '@/lib/db/notify';
import type { DigestMessage, PageMessage } from '@/lib/response/page-message';
import {
  type PagerDutyEvent,
  pagerDutyDigest,
  pagerDutyPage,
  pagerDutySettled,
  pagerDutyTest,
} from '@/lib/response/pagerduty-event';
import { type SlackMessage, slackDigest, slackNote, slackPage } from '@/lib/response/slack-blocks';

/** A channel that people read. */
export interface PagedChannel {
  id: string;
  kind: 'slack' | 'pagerduty';
}

/** What a channel is told. */
type ChannelNews =
  | { kind: 'page'; message: PageMessage; at: Date }
  | { kind: 'digest'; message: DigestMessage; at: Date }
  /** An incident, or a digest all of whose incidents are, was taken on, put off or is over. */
  | {
      kind: 'settled';
      action: 'acknowledge' | 'resolve' | 'snooze';
      subject: string;
      text: string;
      link: { text: string; url: string };
    }
  | { kind: 'test'; by: string; url: string; at: Date };

/** The workspace's Slack and PagerDuty channels that are told of such events. */
export async function pagedChannels(
  client: Pick<PoolClient, 'query'>,
  workspaceId: string,
  type: string,
): Promise<PagedChannel[]> {
  return (await whoIsTold(client, workspaceId, type)).channels;
}

/** The same, and whether a webhook is told too. */
export async function whoIsTold(
  client: Pick<PoolClient, 'query'>,
  workspaceId: string,
  type: string,
): Promise<{ channels: PagedChannel[]; webhooks: boolean }> {
  const { rows } = await client.query<{ id: string; kind: PagedChannel['kind'] | 'webhook' }>({
    name: 'who-is-told',
    text: `SELECT id, kind FROM webhook_endpoint
     WHERE workspace_id = $1 AND disabled_at IS NULL AND (events = '{}' OR $2 = ANY(events)) ORDER BY created_at, id`,
    values: [workspaceId, type],
  });
  return {
    channels: rows.flatMap(({ id, kind }) => (kind === 'webhook' ? [] : [{ id, kind }])),
    webhooks: rows.some(({ kind }) => kind === 'webhook'),
  };
}

/** Writes one outbox row for each of the channels, in the caller's transaction. What a channel has no words for is not sent. */
export async function enqueueChannels(
  client: Pick<PoolClient, 'query'>,
  news: {
    workspaceId: string;
    type: string;
    channels: readonly PagedChannel[];
    what: ChannelNews;
    incidentId?: string;
    pageId?: string;
    digestId?: string;
  },
): Promise<void> {
  const rows = news.channels.flatMap((channel) => {
    const id = newId();
    const body = bodyFor(channel.kind, news.what, id);
    return body === null ? [] : [{ id, channel, body: JSON.stringify(body) }];
  });
  if (rows.length === 0) return;
  await client.query(
    `INSERT INTO outbox_message (id, workspace_id, type, channel, endpoint_id, body, incident_id, page_id, digest_id)
     SELECT t.id, $5::uuid, $6, t.channel, t.endpoint_id, t.body, $7::uuid, $8::uuid, $9::uuid
       FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[]) AS t(id, channel, endpoint_id, body)`,
    [
      rows.map(({ id }) => id),
      rows.map(({ channel }) => channel.kind),
      rows.map(({ channel }) => channel.id),
      rows.map(({ body }) => body),
      news.workspaceId,
      news.type,
      news.incidentId ?? null,
      news.pageId ?? null,
      news.digestId ?? null,
    ],
  );
  await notify(client, { workspaceId: news.workspaceId, topic: 'outbox', id: '' });
}

function bodyFor(
  kind: PagedChannel['kind'],
  what: ChannelNews,
  id: string,
): SlackMessage | PagerDutyEvent | null {
  const slack = kind === 'slack';
  switch (what.kind) {
    case 'page':
      return slack ? slackPage(what.message, id) : pagerDutyPage(what.message, what.at);
    case 'digest':
      return slack ? slackDigest(what.message, id) : pagerDutyDigest(what.message, what.at);
    case 'settled':
      if (slack) return slackNote(what.text, what.link, id);
      // PagerDuty has its own snooze.
      return what.action === 'snooze' ? null : pagerDutySettled(what.action, what.subject);
    case 'test':
      return slack
        ? slackNote(`${what.by} sent this to see whether pages arrive.`, null, id)
        : pagerDutyTest(id, what.by, what.url, what.at);
  }
}
