import type { PoolClient } from 'pg';
import { newId } from '@/lib/db/id';
import { notify } from '@/lib/db/notify';
import type { PageKind } from '@/lib/response/escalation';
import { diffLines, type PageMessage, pageFacts, pageTitle } from '@/lib/response/page-message';
import { appendAudit } from '@/lib/services/audit/append';
import { enqueueMail } from '@/lib/services/mail/enqueue-mail';
import { enqueueWebhooks } from '@/lib/services/outbox/enqueue';
import { enqueueChannels, type PagedChannel, whoIsTold } from './enqueue-channels';
import { toldOf } from './page-message';
import { placeReceivers, type Receiver } from './place-receivers';
import type { PagedPerson } from './whom';

/** So many are named in a message; the rest is counted. A workspace may have any number of operators. */
const NAMED = 20;

interface PageToSend {
  workspaceId: string;
  incidentId: string;
  /** `type` is what receivers of webhooks are told: the first page opens the incident, each further one escalates it. */
  page: { id: string; step: number; kind: PageKind };
  type: 'incident.opened' | 'incident.escalated';
  /** Nobody: then only channels and webhooks are told. */
  people: readonly PagedPerson[];
  via: string | null;
  /** Why they are told, in a sentence. */
  because: string;
  now: Date;
}

/**
 * Tells people of an incident by every channel, in the caller's transaction: a notification and mail for each of them, one
 * message for each Slack and PagerDuty channel, one for each webhook. Who was told much lately gets it in a digest; machines
 * are told each by itself.
 */
export async function sendPage(client: PoolClient, sent: PageToSend): Promise<void> {
  const { workspaceId, incidentId, page, people, now } = sent;
  const { channels, webhooks } = await whoIsTold(client, workspaceId, sent.type);
  const places = await placeReceivers(client, {
    workspaceId,
    pageId: page.id,
    incidentId,
    receivers: [
      ...people.map(({ id }): Receiver => ({ kind: 'person', id })),
      ...channels.map(({ id }): Receiver => ({ kind: 'endpoint', id })),
    ],
    now,
  });
  const alone = people.filter(({ id }) => places.get(id) === null);
  const channelsAlone = channels.filter(({ id }) => places.get(id) === null);
  // In a storm everybody is told later, in a digest: then there is nothing to compose.
  if (alone.length > 0 || channelsAlone.length > 0 || webhooks)
    await tell(client, sent, { people: alone, channels: channelsAlone, webhooks });
  if (people.length === 0) return;
  await appendAudit(client, [
    {
      workspaceId,
      actor: { kind: 'system', workspaceId },
      action: 'page.sent',
      subject: `incident:${incidentId}`,
      detail: {
        step: page.step,
        kind: page.kind,
        to: people.map(({ name }) => name),
        ...(sent.via === null ? {} : { via: sent.via }),
        because: sent.because,
        inDigest: people.filter(({ id }) => places.get(id) !== null).map(({ name }) => name),
      },
    },
  ]);
}

/** Those who are told by themselves, and every webhook where there is one. */
async function tell(
  client: PoolClient,
  sent: PageToSend,
  alone: { people: readonly PagedPerson[]; channels: readonly PagedChannel[]; webhooks: boolean },
): Promise<void> {
  const { workspaceId, incidentId, page, people, now } = sent;
  const { message: told, event } = await toldOf(client, incidentId);
  const named = people.slice(0, NAMED);
  const more = people.length - named.length;
  const message: PageMessage = {
    ...told,
    to: [...named.map(({ name }) => name), ...(more === 0 ? [] : [`${more} more`])],
    because: sent.because,
  };
  const title = pageTitle(message);
  await notifyInApp(client, { workspaceId, incidentId, page, people: alone.people, title, now });
  await enqueueMail(
    client,
    workspaceId,
    alone.people.map(({ id }) => ({
      personId: id,
      type: sent.type,
      title,
      path: `/incidents/${message.incident.number}`,
      more: { lead: sent.because, facts: pageFacts(message), list: diffLines(message.diff) },
      page: { incidentId, pageId: page.id },
    })),
  );
  await enqueueChannels(client, {
    workspaceId,
    type: sent.type,
    channels: alone.channels,
    what: { kind: 'page', message, at: now },
    incidentId,
    pageId: page.id,
  });
  if (!alone.webhooks) return;
  await enqueueWebhooks(client, {
    workspaceId,
    type: sent.type,
    incidentId,
    pageId: page.id,
    data: {
      ...event,
      page: {
        id: page.id,
        step: page.step,
        kind: page.kind,
        to: named.map(({ name, email }) => ({ name, email })),
        ...(more === 0 ? {} : { more }),
        because: sent.because,
      },
    },
    at: now,
  });
}

/** What the app shows has arrived as soon as it is stored: the first is when the incident was paged. The caller holds its row. */
async function notifyInApp(
  client: PoolClient,
  told: {
    workspaceId: string;
    incidentId: string;
    page: { id: string };
    people: readonly PagedPerson[];
    title: string;
    now: Date;
  },
): Promise<void> {
  const { workspaceId, incidentId, page, people, title, now } = told;
  if (people.length === 0) return;
  await client.query({
    name: 'notify-in-app',
    text: `WITH told AS (
       SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[]) AS t(notification, attempt, person, name)
     ), shown AS (
       INSERT INTO notification (id, workspace_id, person_id, kind, title, incident_id)
       SELECT notification, $5, person, 'incident.opened', $6, $7 FROM told
     ), first AS (
       UPDATE incident SET paged_at = $9 WHERE id = $7 AND paged_at IS NULL)
     INSERT INTO delivery_attempt (id, workspace_id, page_id, incident_id, channel, recipient, attempt, at, ms)
     SELECT attempt, $5, $8, $7, 'in-app', name, 1, $9, 0 FROM told`,
    values: [
      people.map(() => newId()),
      people.map(() => newId()),
      people.map(({ id }) => id),
      people.map(({ name }) => name),
      workspaceId,
      title,
      incidentId,
      page.id,
      now,
    ],
  });
  for (const { id } of people) await notify(client, { workspaceId, topic: 'notification', id });
}
