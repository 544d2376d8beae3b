import type { PoolClient } from 'pg';

/** Everyone who listens (dashboards, runtime planes) hears of a change on this channel, after the commit. */
export const CHANNEL = 'countersign';

export const TOPICS = [
  'run',
  'incident',
  'agent',
  'contract',
  'notification',
  'key',
  'outbox',
  'page',
  'decision',
  'price',
  'catalogue',
  'comment',
  'draft',
  'kill-switch',
  'intervention',
  'drill',
  'evidence',
  'gate',
  'scenario',
  'backtest',
  'on-call',
  'verdict',
  'amendment',
  'signal',
  'expert-review',
  'view',
] as const;
export type Topic = (typeof TOPICS)[number];

/** What changed. `id` is empty when several did at once. */
export interface Change {
  workspaceId: string;
  topic: Topic;
  id: string;
}

/** Sent with the transaction: nobody hears of what was rolled back. */
export async function notify(client: Pick<PoolClient, 'query'>, change: Change): Promise<void> {
  await client.query('SELECT pg_notify($1, $2)', [CHANNEL, JSON.stringify(change)]);
}
