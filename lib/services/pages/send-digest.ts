import type { PoolClient } from 'pg';
import { config } from '@/lib/config';
import type { Band } from '@/lib/contract/schema';
import { newId } from '@/lib/db/id';
import { notify } from '@/lib/db/notify';
import { db, transact } from '@/lib/db/pool';
import { type DigestMessage, digestLines, digestTitle } from '@/lib/response/page-message';
import { appendAudit } from '@/lib/services/audit/append';
import { enqueueMail } from '@/lib/services/mail/enqueue-mail';
import { enqueueChannels } from './enqueue-channels';

/** How many incidents a digest names; the rest is counted. */
const NAMED = 10;

/** Where a digest leads: the incidents that nobody has taken on. */
const OPEN_INCIDENTS = '/incidents?view=unresolved';

const ORDER: Record<Band, number> = { low: 0, medium: 1, high: 2, critical: 3 };

/**
 * Sends what a digest has collected as one page, once. Incidents that were taken on or snoozed meanwhile are left out; when all
 * were, nothing is sent.
 */
export async function sendDigest(id: string): Promise<boolean> {
  const sent = await transact(async (client) => {
    const now = new Date();
    const locked = await client.query<{
      workspace_id: string;
      person_id: string | null;
      name: string | null;
      endpoint_id: string | null;
      endpoint: string | null;
      kind: string | null;
    }>(
      `SELECT d.workspace_id, d.person_id, p.name, d.endpoint_id, e.name AS endpoint, e.kind FROM page_digest d
         LEFT JOIN person p ON p.id = d.person_id
         LEFT JOIN webhook_endpoint e ON e.id = d.endpoint_id AND e.disabled_at IS NULL
       WHERE d.id = $1 AND d.sent_at IS NULL AND d.due_at <= clock_timestamp() FOR UPDATE OF d`,
      [id],
    );
    const digest = locked.rows[0];
    if (digest === undefined) return null;
    const { workspace_id: workspaceId, person_id: personId, endpoint_id: endpointId } = digest;
    await client.query('UPDATE page_digest SET sent_at = $2, leased_until = NULL WHERE id = $1', [id, now]);
    const message = await digestOf(client, id);
    if (message === null) return null;
    const title = digestTitle(message);
    if (personId !== null) {
      await client.query(
        `INSERT INTO notification (id, workspace_id, person_id, kind, title, path)
         VALUES ($1, $2, $3, 'incident.digest', $4, $5)`,
        [newId(), workspaceId, personId, title, OPEN_INCIDENTS],
      );
      await client.query(
        `INSERT INTO delivery_attempt (id, workspace_id, digest_id, channel, recipient, attempt, at, ms)
         VALUES ($1, $2, $3, 'in-app', $4, 1, $5, 0)`,
        [newId(), workspaceId, id, digest.name, now],
      );
      await enqueueMail(client, workspaceId, [
        {
          personId,
          type: 'incident.digest',
          title,
          path: OPEN_INCIDENTS,
          more: {
            lead: 'They came too fast to be paged one by one. Every incident is there.',
            facts: [],
            list: { title: 'Incidents', lines: digestLines(message) },
          },
          page: { digestId: id },
        },
      ]);
      await notify(client, { workspaceId, topic: 'notification', id: personId });
    } else if (endpointId !== null && (digest.kind === 'slack' || digest.kind === 'pagerduty'))
      await enqueueChannels(client, {
        workspaceId,
        type: 'incident.digest',
        channels: [{ id: endpointId, kind: digest.kind }],
        what: { kind: 'digest', message, at: now },
        digestId: id,
      });
    await appendAudit(client, [
      {
        workspaceId,
        actor: { kind: 'system', workspaceId },
        action: 'page.digest-sent',
        subject: `page-digest:${id}`,
        detail: {
          to: digest.name ?? digest.endpoint,
          incidents: message.count,
          first: message.incidents[0]?.number,
        },
      },
    ]);
    await notify(client, { workspaceId, topic: 'page', id: '' });
    return { toPerson: personId !== null, incidentIds: message.incidentIds };
  });
  if (sent === null) return false;
  if (sent.toPerson) await markPaged(sent.incidentIds);
  return true;
}

/** They were told now, where nobody was before. Apart from the sending: whoever settles an incident takes it and then its digests. */
async function markPaged(incidentIds: readonly string[]): Promise<void> {
  await db().query(
    `UPDATE incident SET paged_at = clock_timestamp() WHERE id IN (
       SELECT id FROM incident WHERE id = ANY($1::uuid[]) AND paged_at IS NULL ORDER BY id FOR NO KEY UPDATE)`,
    [incidentIds],
  );
}

/** Null when nobody has to be told of any of them any more. */
async function digestOf(
  client: PoolClient,
  id: string,
): Promise<(DigestMessage & { incidentIds: string[] }) | null> {
  const { rows } = await client.query<{
    id: string;
    number: number;
    title: string;
    severity: Band;
    agent: string;
  }>(
    `SELECT i.id, i.number, i.title, i.severity, a.display_name AS agent
       FROM incident i JOIN agent a ON a.id = i.agent_id
      WHERE i.state = 'open' AND i.id IN (SELECT incident_id FROM page_recipient WHERE digest_id = $1)
        AND NOT EXISTS (SELECT FROM page p WHERE p.incident_id = i.id AND p.kind = 'snooze' AND p.state = 'waiting')
      ORDER BY i.number`,
    [id],
  );
  const [first] = rows;
  if (first === undefined) return null;
  const { dashboardUrl } = config();
  return {
    id,
    incidentIds: rows.map((row) => row.id),
    count: rows.length,
    incidents: rows
      .toSorted((a, b) => ORDER[b.severity] - ORDER[a.severity] || a.number - b.number)
      .slice(0, NAMED)
      .map(({ number, title, severity, agent }) => ({
        number,
        title,
        severity,
        agent,
        url: `${dashboardUrl}/incidents/${number}`,
      })),
    worst: rows.reduce(
      (worst, row) => (ORDER[row.severity] > ORDER[worst] ? row.severity : worst),
      first.severity,
    ),
    url: `${dashboardUrl}${OPEN_INCIDENTS}`,
  };
}
