import type { PoolClient } from 'pg';
import { config } from '@/lib/config';
import { notify } from '@/lib/db/notify';
import { cancelWaiting } from './cancel-waiting';
import { enqueueChannels, pagedChannels } from './enqueue-channels';

interface Settled {
  workspaceId: string;
  incidentId: string;
  how: 'acknowledged' | 'resolved';
  /** Whoever did it, by name. */
  by: string;
}

/**
 * An incident was acknowledged or resolved, in the transaction that did it and after its row says so: nobody further is
 * paged, pages that have not arrived are given up, and channels that were told of it are told.
 */
export async function settlePages(client: PoolClient, settled: Settled): Promise<void> {
  const { workspaceId, incidentId, how, by } = settled;
  const now = new Date();
  const cancelled = await cancelWaiting(client, incidentId, `${by} ${how} it.`, now);
  if (cancelled > 0) await notify(client, { workspaceId, topic: 'page', id: '' });
  const digests = await digestsOf(client, incidentId);
  const over = digests.filter(({ open }) => open === 0);
  await giveUpPages(
    client,
    settled,
    over.map(({ id }) => id),
  );
  const channels = await pagedChannels(client, workspaceId, `incident.${how}`);
  if (channels.length === 0) return;
  const { rows } = await client.query<{ number: number; endpoints: string[]; anew: boolean }>(
    `SELECT i.number, i.acknowledged_at >= now() AS anew, ARRAY(
       SELECT DISTINCT r.endpoint_id::text FROM page_recipient r
        WHERE r.incident_id = i.id AND r.endpoint_id IS NOT NULL AND r.digest_id IS NULL) AS endpoints
     FROM incident i WHERE i.id = $1`,
    [incidentId],
  );
  const [incident] = rows;
  if (incident === undefined) return;
  const tell = (
    about: { incidentId: string; digestId?: string },
    to: readonly (typeof channels)[number][],
    action: 'acknowledge' | 'resolve',
  ) =>
    enqueueChannels(client, {
      workspaceId,
      type: `incident.${how}`,
      channels: to,
      what: {
        kind: 'settled',
        action,
        subject: about.digestId ?? about.incidentId,
        text: `INC-${incident.number} was ${how} by ${by}.`,
        link: {
          text: `Open INC-${incident.number}`,
          url: `${config().dashboardUrl}/incidents/${incident.number}`,
        },
      },
      ...about,
    });
  await tell(
    { incidentId },
    channels.filter(({ id }) => incident.endpoints.includes(id)),
    how === 'resolved' ? 'resolve' : 'acknowledge',
  );
  // A digest is an alert in PagerDuty; to readers of Slack the last of many says nothing of the others.
  for (const { id: digestId, endpointId, unresolved } of over) {
    const resolved = how === 'resolved' && unresolved === 0;
    // Resolving one of several that were all taken on before is no news of the alert.
    if (!resolved && !incident.anew) continue;
    await tell(
      { incidentId, digestId },
      channels.filter(({ id, kind }) => id === endpointId && kind === 'pagerduty'),
      resolved ? 'resolve' : 'acknowledge',
    );
  }
}

interface DigestStanding {
  id: string;
  /** Null: a person's. */
  endpointId: string | null;
  open: number;
  unresolved: number;
}

/**
 * The digests that tell of the incident, and how many of theirs still wait. Those who settle the last two at once take turns
 * by the digest's row, so that one of them sees that it is the last; who adds to a digest is not held up.
 */
async function digestsOf(client: PoolClient, incidentId: string): Promise<DigestStanding[]> {
  const locked = await client.query<{ id: string }>(
    `SELECT id FROM page_digest WHERE id IN (SELECT digest_id FROM page_recipient WHERE incident_id = $1)
     ORDER BY id FOR NO KEY UPDATE`,
    [incidentId],
  );
  if (locked.rows.length === 0) return [];
  const { rows } = await client.query<DigestStanding>(
    `SELECT d.id, d.endpoint_id AS "endpointId", count(DISTINCT i.id) FILTER (WHERE i.state = 'open')::int AS open,
       count(DISTINCT i.id) FILTER (WHERE i.state <> 'resolved')::int AS unresolved
     FROM page_digest d JOIN page_recipient r ON r.digest_id = d.id JOIN incident i ON i.id = r.incident_id
     WHERE d.id = ANY($1::uuid[]) GROUP BY d.id ORDER BY d.id`,
    [locked.rows.map(({ id }) => id)],
  );
  return rows;
}

/**
 * Pages that have not arrived need not any more. One that PagerDuty is being told just now may open its alert yet, so it is
 * left, and what settles the alert waits behind it; a row that is locked is just being tried.
 */
async function giveUpPages(
  client: PoolClient,
  { workspaceId, incidentId, how, by }: Settled,
  digests: readonly string[],
): Promise<void> {
  const { rowCount } = await client.query(
    `UPDATE outbox_message SET dead_at = clock_timestamp(), discarded_at = clock_timestamp(), last_error = $3
     WHERE id IN (
       SELECT m.id FROM outbox_message m
        WHERE m.delivered_at IS NULL AND m.dead_at IS NULL AND m.channel IN ('pagerduty', 'slack', 'mail')
          AND (m.channel <> 'pagerduty' OR m.leased_until IS NULL OR m.leased_until < clock_timestamp())
          AND (m.page_id IN (SELECT id FROM page WHERE incident_id = $1)
               OR (m.digest_id = ANY($2::uuid[]) AND m.type = 'incident.digest'))
        ORDER BY m.id FOR UPDATE SKIP LOCKED)`,
    [incidentId, digests, `${by} ${how} it.`],
  );
  if ((rowCount ?? 0) > 0) await notify(client, { workspaceId, topic: 'outbox', id: incidentId });
}
