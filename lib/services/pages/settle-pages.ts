import type { PoolClient } from 'pg';
import { config } from '@/lib/config';
import { notify } from '@/lib/db/notify';
import { cancelWaiting } from './cancel-waiting';
import { enqueueChannels, pagedChannels } from './enqueue-channels';

/**
 * An incident was acknowledged or resolved, in the transaction that did it and after its row says so: nobody further is
 * paged, and channels that were told of it are told.
 */
export async function settlePages(
  client: PoolClient,
  settled: {
    workspaceId: string;
    incidentId: string;
    how: 'acknowledged' | 'resolved';
    /** Whoever did it, by name. */
    by: string;
  },
): Promise<void> {
  const { workspaceId, incidentId, how, by } = settled;
  const now = new Date();
  const cancelled = await cancelWaiting(client, incidentId, `${by} ${how} it.`, now);
  if (cancelled > 0) await notify(client, { workspaceId, topic: 'page', id: '' });
  const channels = await pagedChannels(client, workspaceId, `incident.${how}`);
  if (channels.length === 0) return;
  const told = await client.query<{ endpoint_id: string; subject: string; number: number; digest: boolean }>(
    `SELECT DISTINCT r.endpoint_id, COALESCE(r.digest_id, r.incident_id) AS subject, i.number,
       r.digest_id IS NOT NULL AS digest
     FROM page_recipient r JOIN incident i ON i.id = r.incident_id
     WHERE r.incident_id = $1 AND r.endpoint_id IS NOT NULL
       AND (r.digest_id IS NULL OR NOT EXISTS (
         SELECT FROM page_recipient o JOIN incident q ON q.id = o.incident_id
         WHERE o.digest_id = r.digest_id AND (q.state = 'open' OR ($2 AND q.state <> 'resolved'))))`,
    [incidentId, how === 'resolved'],
  );
  for (const row of told.rows)
    await enqueueChannels(client, {
      workspaceId,
      type: `incident.${how}`,
      // A digest is an alert in PagerDuty; to readers of Slack the last of many says nothing of the others.
      channels: channels.filter(
        ({ id, kind }) => id === row.endpoint_id && (kind === 'pagerduty' || !row.digest),
      ),
      what: {
        kind: 'settled',
        action: how === 'resolved' ? 'resolve' : 'acknowledge',
        subject: row.subject,
        text: `INC-${row.number} was ${how} by ${by}.`,
        link: { text: `Open INC-${row.number}`, url: `${config().dashboardUrl}/incidents/${row.number}` },
      },
      incidentId,
    });
}
