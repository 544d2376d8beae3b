import type { PoolClient } from 'pg';
import { notify } from '@/lib/db/notify';
import { transact } from '@/lib/db/pool';
import { appendAudit } from '@/lib/services/audit/append';
import type { Leased, LeasedWebhook } from './lease';
import { retryDelayMs } from './retry-schedule';

/** How one attempt to deliver ended. */
export interface AttemptOutcome {
  /** The status of HTTP or SMTP; null when there was no answer. */
  status: number | null;
  /** Why it is not a delivery; null when it is one. */
  error: string | null;
  /** The receiver asked us to wait this long. */
  retryAfterMs: number | null;
  /** Trying again cannot help: the mail server says that there is no such recipient. */
  final?: boolean;
}

/**
 * Writes down how an attempt ended: delivered, to be tried again on the schedule, or given up. 410 Gone disables the
 * endpoint. The first delivered page of an incident is when it was paged, unless the app told the operator before.
 */
export async function recordAttempt(message: Leased, outcome: AttemptOutcome): Promise<void> {
  await transact(async (client) => {
    if (outcome.error === null) await delivered(client, message, outcome.status);
    else if (outcome.status === 410 && message.channel === 'webhook')
      await gone(client, message, outcome.error);
    else if (outcome.final) await givenUp(client, message, outcome);
    else await failed(client, message, outcome);
    await notify(client, { workspaceId: message.workspaceId, topic: 'outbox', id: message.id });
  });
}

async function delivered(client: PoolClient, message: Leased, status: number | null): Promise<void> {
  const result = await client.query<{ incident_id: string | null }>(
    `UPDATE outbox_message SET delivered_at = clock_timestamp(), dead_at = NULL, leased_until = NULL, last_status = $2, last_error = NULL
     WHERE id = $1 AND delivered_at IS NULL RETURNING incident_id`,
    [message.id, status],
  );
  const incidentId = result.rows[0]?.incident_id;
  if (message.type !== 'incident.opened' || incidentId === undefined || incidentId === null) return;
  await client.query('UPDATE incident SET paged_at = clock_timestamp() WHERE id = $1 AND paged_at IS NULL', [
    incidentId,
  ]);
  await appendAudit(client, [
    {
      workspaceId: message.workspaceId,
      actor: { kind: 'system', workspaceId: message.workspaceId },
      action: 'incident.paged',
      subject: `incident:${incidentId}`,
      detail:
        message.channel === 'mail'
          ? { channel: 'mail', to: message.recipient }
          : { channel: 'webhook', endpoint: message.endpointId, host: new URL(message.url).host },
    },
  ]);
  await notify(client, { workspaceId: message.workspaceId, topic: 'incident', id: incidentId });
}

async function failed(client: PoolClient, message: Leased, outcome: AttemptOutcome): Promise<void> {
  const delay = retryDelayMs(message.attempts, outcome.retryAfterMs, Math.random());
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

async function gone(client: PoolClient, message: LeasedWebhook, error: string): Promise<void> {
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
