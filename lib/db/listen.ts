import pg from 'pg';
import { z } from 'zod';
import { config } from '@/lib/config';
import { CHANNEL, type Change, TOPICS } from './notify';

/**
 * One LISTEN connection for each process, shared by everything that wants to hear of changes: caches, timers, the
 * dashboard's event stream. It reconnects by itself; as what was said meanwhile is lost, listeners are told to `reset`.
 */
export interface Listener {
  change(change: Change): void;
  /** The connection went away: until `reset` nothing is heard. */
  lost?(): void;
  /** The connection was away: drop what you cached, look again. */
  reset(): void;
}

const changeSchema = z.object({ workspaceId: z.string(), topic: z.enum(TOPICS), id: z.string() });
const RETRY_MS = [100, 250, 500, 1000, 2000, 5000];
/** A connection that went silent (a firewall, a dead host) is found out by asking. */
const PING_MS = 10_000;

const listeners = new Set<Listener>();
let current: { client: pg.Client; ready: Promise<void> } | undefined;
let retry: NodeJS.Timeout | undefined;
let failures = 0;

/** Calls `listener` for every committed change until the returned function is called. */
export function listen(listener: Listener): () => void {
  listeners.add(listener);
  connect();
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) void closeListener();
  };
}

/** Resolves once changes are being heard; for start-up and tests. */
export async function listening(): Promise<void> {
  while (listeners.size > 0) {
    const attempt = current;
    if (attempt === undefined) await new Promise((resolve) => setTimeout(resolve, 20));
    else {
      await attempt.ready.catch(() => {});
      if (attempt === current) return;
    }
  }
}

/** Ends the connection; the next `listen` opens another. */
export async function closeListener(): Promise<void> {
  clearTimeout(retry);
  retry = undefined;
  const closing = current;
  current = undefined;
  await closing?.client.end().catch(() => {});
}

function connect(): void {
  if (current !== undefined || retry !== undefined || listeners.size === 0) return;
  const client = new pg.Client({
    connectionString: config().databaseUrl,
    application_name: 'countersign-listen',
    keepAlive: true,
    query_timeout: PING_MS,
    connectionTimeoutMillis: PING_MS,
  });
  let ping: NodeJS.Timeout | undefined;
  const lost = () => {
    clearInterval(ping);
    if (current?.client !== client) return;
    current = undefined;
    void client.end().catch(() => {});
    for (const listener of listeners) listener.lost?.();
    const wait = RETRY_MS[Math.min(failures, RETRY_MS.length - 1)];
    failures += 1;
    retry = setTimeout(() => {
      retry = undefined;
      connect();
    }, wait);
  };
  client.on('error', lost);
  client.on('end', lost);
  client.on('notification', (message) => {
    const change = parse(message.payload);
    if (change !== null) for (const listener of listeners) listener.change(change);
  });
  const ready = client
    .connect()
    .then(() => client.query(`LISTEN ${CHANNEL}`))
    .then(() => {
      failures = 0;
      ping = setInterval(() => void client.query('SELECT 1').catch(lost), PING_MS);
      ping.unref();
      for (const listener of listeners) listener.reset();
    });
  current = { client, ready };
  ready.catch(lost);
}

function parse(text: string | undefined): Change | null {
  try {
    const result = changeSchema.safeParse(JSON.parse(text ?? ''));
    return result.success ? result.data : null;
  } catch {
    return null;
  }
}
