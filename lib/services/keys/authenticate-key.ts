import { RateLimiterMemory } from 'rate-limiter-flexible';
import { z } from 'zod';
import { type Actor, KEY_SCOPES } from '@/lib/auth/actor';
import { listen } from '@/lib/db/listen';
import { db } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { sha256Hex } from '@/lib/evidence/digest';

type KeyActor = Extract<Actor, { kind: 'key' }>;

interface Known {
  actor: KeyActor;
  hash: string;
  /** Looked up at, epoch ms; 0 when it may have changed since. */
  at: number;
  usedAt: number;
}

/** A known key is looked up again after this long, and at once when NOTIFY `key` says that one changed. */
const TTL_MS = 5000;
const MAX_KEYS = 10_000;
/** `last_used_at` is told to the minute: writing it for each request would cost more than the request. */
const USED_EVERY_MS = 60_000;
/** From one address; a good key that is already known passes all the same. */
const FAILURES_PER_MINUTE = 30;

/** By the header that presented the key: a key that is known costs a look-up, not a digest. */
const cache = new Map<string, Known>();
const looking = new Map<string, Promise<KeyActor | null>>();
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
 * Who speaks, when this key was looked up lately and nothing says that it changed; else undefined, and `authenticateKey`
 * tells. Takes the same header.
 */
export function knownKey(header: string | undefined): KeyActor | undefined {
  const known = header === undefined ? undefined : cache.get(header);
  const now = Date.now();
  if (known === undefined || now - known.at >= TTL_MS) return undefined;
  if (now - known.usedAt >= USED_EVERY_MS) touch(known, now);
  return known.actor;
}

/**
 * Who speaks: the API key in an `Authorization` header (`Bearer <key>`).
 *
 * @param header the header's value; undefined when none was sent
 * @param address where the request came from; wrong keys from one address are counted and, past 30 a minute, refused
 * @throws AppError `invalid_key` without a usable key, `rate_limited` after too many wrong ones
 */
export async function authenticateKey(header: string | undefined, address?: string): Promise<KeyActor> {
  const known = knownKey(header);
  if (known !== undefined) return known;
  const key = header === undefined ? undefined : /^Bearer +(\S{1,512}) *$/i.exec(header)?.[1];
  if (header === undefined || key === undefined)
    throw new AppError(
      'invalid_key',
      'Send an API key as "Authorization: Bearer <key>" or "x-api-key: <key>".',
    );
  await refuseGuessing(address);
  // Those who come with the same key while it is looked up wait for that.
  const looked = looking.get(header) ?? lookUp(header, sha256Hex(key)).finally(() => looking.delete(header));
  looking.set(header, looked);
  const actor = await looked;
  if (actor === null) {
    if (address !== undefined) await failures.penalty(address);
    throw new AppError('invalid_key', 'This API key is unknown or revoked.');
  }
  return actor;
}

async function lookUp(header: string, hash: string): Promise<KeyActor | null> {
  watch();
  const began = generation;
  const result = await db().query(
    'SELECT id, workspace_id, name, scopes, agent_id FROM api_key WHERE hash = $1 AND revoked_at IS NULL',
    [hash],
  );
  if (result.rows.length === 0) {
    cache.delete(header);
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
    const now = Date.now();
    const known = { actor, hash, at: now, usedAt: cache.get(header)?.usedAt ?? 0 };
    cache.set(header, known);
    if (now - known.usedAt >= USED_EVERY_MS) touch(known, now);
  }
  return actor;
}

/** Notes that the key was used; not worth failing or delaying a request for. */
function touch(known: Known, now: number): void {
  known.usedAt = now;
  db()
    .query('UPDATE api_key SET last_used_at = now() WHERE hash = $1', [known.hash])
    .catch(() => {
      known.usedAt = 0;
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
