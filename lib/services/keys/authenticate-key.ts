import { createHash } from 'node:crypto';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { z } from 'zod';
import { type Actor, KEY_SCOPES } from '@/lib/auth/actor';
import { listen } from '@/lib/db/listen';
import { db } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';

type KeyActor = Extract<Actor, { kind: 'key' }>;

/** A known key is looked up again after this long, and at once when NOTIFY `key` says that one changed. */
const TTL_MS = 5000;
const MAX_KEYS = 10_000;
/** `last_used_at` is told to the minute: writing it for each request would cost more than the request. */
const USED_EVERY_MS = 60_000;
/** From one address; a good key that is already known passes all the same. */
const FAILURES_PER_MINUTE = 30;

const cache = new Map<string, { actor: KeyActor; at: number; usedAt: number }>();
const failures = new RateLimiterMemory({ points: FAILURES_PER_MINUTE, duration: 60 });
/** Rises when a key may have changed; a lookup that began before is not kept. */
let generation = 0;
let watching = false;

const rowSchema = z.object({
  id: z.string(),
  workspace_id: z.string(),
  name: z.string(),
  scopes: z.array(z.enum(KEY_SCOPES)),
  agent_id: z.string().nullable(),
});

/**
 * Who speaks: the API key in an `Authorization` header (`Bearer <key>`).
 *
 * @param header the header's value; undefined when none was sent
 * @param address where the request came from; wrong keys from one address are counted and, past 30 a minute, refused
 * @throws AppError `invalid_key` without a usable key, `rate_limited` after too many wrong ones
 */
export async function authenticateKey(header: string | undefined, address?: string): Promise<KeyActor> {
  const key = header === undefined ? undefined : /^Bearer +(\S{1,512}) *$/i.exec(header)?.[1];
  if (key === undefined)
    throw new AppError(
      'invalid_key',
      'Send an API key as "Authorization: Bearer <key>" or "x-api-key: <key>".',
    );
  const hash = createHash('sha256').update(key).digest('hex');
  const known = cache.get(hash);
  if (known !== undefined && Date.now() - known.at < TTL_MS) {
    touch(hash, known);
    return known.actor;
  }
  await refuseGuessing(address);
  const actor = await lookUp(hash);
  if (actor === null) {
    if (address !== undefined) await failures.penalty(address);
    throw new AppError('invalid_key', 'This API key is unknown or revoked.');
  }
  return actor;
}

async function lookUp(hash: string): Promise<KeyActor | null> {
  watch();
  const began = generation;
  const result = await db().query(
    'SELECT id, workspace_id, name, scopes, agent_id FROM api_key WHERE hash = $1 AND revoked_at IS NULL',
    [hash],
  );
  if (result.rows.length === 0) {
    cache.delete(hash);
    return null;
  }
  const row = rowSchema.parse(result.rows[0]);
  const actor: KeyActor = {
    kind: 'key',
    workspaceId: row.workspace_id,
    keyId: row.id,
    name: row.name,
    scopes: row.scopes,
    agentId: row.agent_id,
  };
  if (began === generation) {
    if (cache.size >= MAX_KEYS) cache.clear();
    const entry = { actor, at: Date.now(), usedAt: cache.get(hash)?.usedAt ?? 0 };
    cache.set(hash, entry);
    touch(hash, entry);
  }
  return actor;
}

/** Notes that the key was used; not worth failing or delaying a request for. */
function touch(hash: string, entry: { usedAt: number }): void {
  const now = Date.now();
  if (now - entry.usedAt < USED_EVERY_MS) return;
  entry.usedAt = now;
  db()
    .query('UPDATE api_key SET last_used_at = now() WHERE hash = $1', [hash])
    .catch(() => {
      entry.usedAt = 0;
    });
}

async function refuseGuessing(address: string | undefined): Promise<void> {
  if (address === undefined) return;
  const seen = await failures.get(address);
  if (seen === null || seen.consumedPoints < FAILURES_PER_MINUTE) return;
  throw new AppError('rate_limited', 'Too many wrong keys from this address. Wait, then try again.', {
    retryAfterSeconds: Math.max(1, Math.ceil(seen.msBeforeNext / 1000)),
  });
}

function watch(): void {
  if (watching) return;
  watching = true;
  // Entries stay, aged: when the key was last used need not be written again.
  const forget = () => {
    generation += 1;
    for (const entry of cache.values()) entry.at = 0;
  };
  listen({
    change: ({ topic }) => {
      if (topic === 'key') forget();
    },
    reset: forget,
  });
}
