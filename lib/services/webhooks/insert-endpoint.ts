import type { Actor } from '@/lib/auth/actor';
import { notify } from '@/lib/db/notify';
import { transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { appendAudit } from '@/lib/services/audit/append';

const MAX_ENDPOINTS = 50;

/** Stores an endpoint of any kind. Without a name it goes by its host, numbered where that is taken. */
export async function insertEndpoint(
  actor: Actor,
  endpoint: {
    id: string;
    kind: 'webhook' | 'slack' | 'pagerduty';
    name: string;
    url: URL;
    sealedSecret: string;
    events: readonly string[];
  },
): Promise<void> {
  const { id, kind, url, events } = endpoint;
  const { workspaceId } = actor;
  await transact(async (client) => {
    // One workspace's endpoints are added one after the other, so that the checks below hold.
    await client.query('SELECT 1 FROM workspace WHERE id = $1 FOR UPDATE', [workspaceId]);
    const present = await client.query<{ url: string; name: string; kind: string }>(
      'SELECT url, name, kind FROM webhook_endpoint WHERE workspace_id = $1 AND disabled_at IS NULL',
      [workspaceId],
    );
    if (kind === 'webhook' && present.rows.some((row) => row.kind === kind && row.url === url.href))
      throw taken('url', 'There is an endpoint for this URL already.');
    const names = new Set(present.rows.map((row) => row.name));
    if (names.has(endpoint.name)) throw taken('name', `There is a channel named ${endpoint.name} already.`);
    if (present.rows.length >= MAX_ENDPOINTS)
      throw new AppError('conflict', `A workspace has at most ${MAX_ENDPOINTS} channels. Disable one first.`);
    const name = endpoint.name === '' ? free(url.host, names) : endpoint.name;
    await client.query(
      'INSERT INTO webhook_endpoint (id, workspace_id, kind, name, url, sealed_secret, events, created_by_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)',
      [
        id,
        workspaceId,
        kind,
        name,
        // Of Slack the whole address is the secret.
        kind === 'slack' ? url.origin : url.href,
        endpoint.sealedSecret,
        events,
        actor.kind === 'person' ? actor.personId : null,
      ],
    );
    await appendAudit(client, [
      {
        workspaceId,
        actor,
        action: 'webhook.created',
        subject: `webhook:${id}`,
        detail: { kind, name, host: url.host, events },
      },
    ]);
    await notify(client, { workspaceId, topic: 'outbox', id });
  });
}

function free(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name;
  let number = 2;
  while (taken.has(`${name} ${number}`)) number += 1;
  return `${name} ${number}`;
}

function taken(path: string, message: string): AppError {
  return new AppError('conflict', message, { issues: [{ path, message }] });
}
