import type { PoolClient } from 'pg';
import { z } from 'zod';
import { config } from '@/lib/config';
import { newId } from '@/lib/db/id';
import { notify } from '@/lib/db/notify';
import { transact } from '@/lib/db/pool';
import { appendAudit } from '@/lib/services/audit/append';
import { enqueueChannels } from '@/lib/services/pages/enqueue-channels';
import { requestDelivered } from '@/lib/services/rollbacks/request-delivered';
import type { Leased, LeasedPost } from './lease';
import { retryDelayMs } from './retry-schedule';

/** How one attempt to deliver ended. */
export interface AttemptOutcome {
  /** The status of HTTP or SMTP; null when there was no answer. */
  status: number | null;
  /** Why it is not a delivery; null when it is one. */
  error: string | null;
  /** The receiver asked us to wait this long. */
  retryAfterMs: number | null;
  /** Trying again cannot help: there is no such recipient of mail, or Slack or PagerDuty will never take it. */
  final?: boolean;
}

/** When an attempt was made and how long it took. */
interface AttemptTime {
  at: Date;
  ms: number;
}

/**
 * Writes down how an attempt ended: delivered, to be tried again on the schedule, or given up. 410 Gone disables a webhook.
 * Every attempt is kept. The first delivered page of an incident is when it was paged, unless the app told somebody before.
 */
export async function recordAttempt(
  message: Leased,
  outcome: AttemptOutcome,
  time: AttemptTime,
): Promise<void> {
  await transact(async (client) => {
    if (outcome.error === null) await delivered(client, message, outcome.status);
    else if (outcome.status === 410 && message.channel === 'webhook')
      await gone(client, message, outcome.error);
    else if (outcome.final) await givenUp(client, message, outcome);
    else await failed(client, message, outcome);
    const paged = await keepAttempt(client, message, outcome, time);
    await notify(client, { workspaceId: message.workspaceId, topic: 'outbox', id: message.id });
    if (paged !== null)
      await notify(client, { workspaceId: message.workspaceId, topic: 'incident', id: paged });
  });
}

/** Answers the incident when it was an attempt to page somebody of it. */
async function keepAttempt(
  client: PoolClient,
  message: Leased,
  outcome: AttemptOutcome,
  time: AttemptTime,
): Promise<string | null> {
  const { rows } = await client.query<{ incident_id: string | null; page_id: string | null }>(
    `INSERT INTO delivery_attempt (id, workspace_id, message_id, page_id, digest_id, incident_id, channel, recipient, attempt, at, ms, status, error)
     SELECT $1, m.workspace_id, m.id, m.page_id, m.digest_id, m.incident_id, m.channel, $3, $4, $5, $6, $7, $8
       FROM outbox_message m WHERE m.id = $2
     RETURNING incident_id, page_id`,
    [
      newId(),
      message.id,
      message.channel === 'mail' ? message.recipient : message.endpointName,
      message.attempts,
      time.at,
      Math.round(time.ms),
      outcome.status,
      outcome.error,
    ],
  );
  const [row] = rows;
  return row === undefined || row.page_id === null ? null : row.incident_id;
}

async function delivered(client: PoolClient, message: Leased, status: number | null): Promise<void> {
  const result = await client.query<{ incident_id: string | null; page_id: string | null }>(
    `UPDATE outbox_message SET delivered_at = clock_timestamp(), dead_at = NULL, discarded_at = NULL, leased_until = NULL, last_status = $2, last_error = NULL
     WHERE id = $1 AND delivered_at IS NULL RETURNING incident_id, page_id`,
    [message.id, status],
  );
  const row = result.rows[0];
  if (row !== undefined) await closeTest(client, message);
  if (row === undefined || row.incident_id === null) return;
  await requestDelivered(client, message);
  if (row.page_id === null && message.type !== 'incident.opened') return;
  await client.query('UPDATE incident SET paged_at = clock_timestamp() WHERE id = $1 AND paged_at IS NULL', [
    row.incident_id,
  ]);
  await appendAudit(client, [
    {
      workspaceId: message.workspaceId,
      actor: { kind: 'system', workspaceId: message.workspaceId },
      action: 'incident.paged',
      subject: `incident:${row.incident_id}`,
      detail:
        message.channel === 'mail'
          ? { channel: 'mail', to: message.recipient }
          : {
              channel: message.channel,
              endpoint: message.endpointId,
              name: message.endpointName,
              host: new URL(message.url).host,
            },
    },
  ]);
  await notify(client, { workspaceId: message.workspaceId, topic: 'incident', id: row.incident_id });
}

/** The alert that the test button opened in PagerDuty is closed again once it is there. */
async function closeTest(client: PoolClient, message: Leased): Promise<void> {
  if (message.channel !== 'pagerduty' || message.type !== 'webhook.test' || !opensAlert(message.body)) return;
  await enqueueChannels(client, {
    workspaceId: message.workspaceId,
    type: message.type,
    channels: [{ id: message.endpointId, kind: message.channel }],
    what: {
      kind: 'settled',
      action: 'resolve',
      subject: message.id,
      text: 'The test is over.',
      link: { text: 'Channels', url: `${config().dashboardUrl}/settings/channels` },
    },
  });
}

function opensAlert(body: string): boolean {
  const read = z.object({ event_action: z.literal('trigger') }).safeParse(JSON.parse(body));
  return read.success;
}

async function failed(client: PoolClient, message: Leased, outcome: AttemptOutcome): Promise<void> {
  const delay = retryDelayMs(message, outcome.retryAfterMs, Math.random());
  await client.query(
    `UPDATE outbox_message SET leased_until = NULL, last_status = $2, last_error = $3,
       due_at = clock_timestamp() + make_interval(secs => COALESCE($4::float8, 0)),
       dead_at = CASE WHEN $4::float8 IS NULL THEN clock_timestamp() END
     WHERE id = $1 AND delivered_at IS NULL AND dead_at IS NULL`,
    [message.id, outcome.status, outcome.error, delay === null ? null : delay / 1000],
  );
}

async function givenUp(client: PoolClient, message: Leased, outcome: AttemptOutcome): Promise<void> {
  await client.query(
    `UPDATE outbox_message SET leased_until = NULL, last_status = $2, last_error = $3, dead_at = clock_timestamp()
     WHERE id = $1 AND delivered_at IS NULL AND dead_at IS NULL`,
    [message.id, outcome.status, outcome.error],
  );
}

async function gone(client: PoolClient, message: LeasedPost, error: string): Promise<void> {
  await client.query('UPDATE outbox_message SET last_status = 410, last_error = $2 WHERE id = $1', [
    message.id,
    error,
  ]);
  const reason = 'The receiver answered 410 Gone.';
  if (await disable(client, message.endpointId, reason))
    await appendAudit(client, [
      {
        workspaceId: message.workspaceId,
        actor: { kind: 'system', workspaceId: message.workspaceId },
        action: 'webhook.disabled',
        subject: `webhook:${message.endpointId}`,
        detail: { reason },
      },
    ]);
}

/** Stops an endpoint and gives up what still waits for it. False when it was disabled before. */
export async function disable(
  client: Pick<PoolClient, 'query'>,
  endpointId: string,
  reason: string,
): Promise<boolean> {
  const result = await client.query(
    'UPDATE webhook_endpoint SET disabled_at = clock_timestamp(), disabled_reason = $2 WHERE id = $1 AND disabled_at IS NULL',
    [endpointId, reason],
  );
  await client.query(
    `UPDATE outbox_message SET dead_at = clock_timestamp(), leased_until = NULL,
       last_error = COALESCE(last_error, 'The endpoint was disabled.')
     WHERE endpoint_id = $1 AND delivered_at IS NULL AND dead_at IS NULL`,
    [endpointId],
  );
  return result.rowCount === 1;
}
