import { z } from 'zod';
import { listen } from '@/lib/db/listen';
import { db } from '@/lib/db/pool';

/** A step or a digest that a plane keeps the time of. */
export interface DuePage {
  id: string;
  what: 'page' | 'digest';
  /** Milliseconds from now, by the database's clock; negative when it is overdue. Never before the lease on it ends. */
  inMs: number;
}

/**
 * How long a step stays a plane's own: what a killed one costs whoever is to be paged. Who takes longer may be joined by another
 * plane, and one of them fires it.
 */
export const PAGE_LEASE_MS = 1000;

const rowSchema = z.object({ id: z.string(), what: z.enum(['page', 'digest']), in_ms: z.number() });

/** What falls due within the time, and what is overdue, soonest first; at most `limit`. */
export async function pagesDueWithin(ms: number, limit: number): Promise<DuePage[]> {
  const result = await db().query({
    name: 'pages-due-within',
    text: `WITH near AS (
       (SELECT id, 'page' AS what, due_at, leased_until FROM page
         WHERE state = 'waiting' AND due_at < clock_timestamp() + make_interval(secs => $1) ORDER BY due_at LIMIT $2)
       UNION ALL
       (SELECT id, 'digest', due_at, leased_until FROM page_digest
         WHERE sent_at IS NULL AND due_at < clock_timestamp() + make_interval(secs => $1) ORDER BY due_at LIMIT $2))
     SELECT id, what, (extract(epoch FROM GREATEST(due_at, leased_until) - clock_timestamp()) * 1000)::float8 AS in_ms
     FROM near ORDER BY in_ms LIMIT $2`,
    values: [ms / 1000, limit],
  });
  return z
    .array(rowSchema)
    .parse(result.rows)
    .map((row) => ({ id: row.id, what: row.what, inMs: row.in_ms }));
}

/** Takes those of them that are due and nobody else has, for a short while; one that is locked does not hold up the others. Answers which. */
export async function leasePages(due: readonly Pick<DuePage, 'id' | 'what'>[]): Promise<Set<string>> {
  const ids = (what: DuePage['what']) => due.filter((each) => each.what === what).map(({ id }) => id);
  const result = await db().query<{ id: string }>({
    name: 'lease-pages',
    text: `WITH pages AS (
       UPDATE page SET leased_until = clock_timestamp() + make_interval(secs => $3)
        WHERE id IN (SELECT id FROM page
          WHERE id = ANY($1::uuid[]) AND state = 'waiting' AND due_at <= clock_timestamp()
            AND (leased_until IS NULL OR leased_until < clock_timestamp()) ORDER BY id FOR UPDATE SKIP LOCKED) RETURNING id
     ), digests AS (
       UPDATE page_digest SET leased_until = clock_timestamp() + make_interval(secs => $3)
        WHERE id IN (SELECT id FROM page_digest
          WHERE id = ANY($2::uuid[]) AND sent_at IS NULL AND due_at <= clock_timestamp()
            AND (leased_until IS NULL OR leased_until < clock_timestamp()) ORDER BY id FOR UPDATE SKIP LOCKED) RETURNING id
     ) SELECT id FROM pages UNION ALL SELECT id FROM digests`,
    values: [ids('page'), ids('digest'), PAGE_LEASE_MS / 1000],
  });
  return new Set(result.rows.map(({ id }) => id));
}

/** Calls `wake` when steps were planned, moved or cancelled, or may have been while the connection was away. */
export function watchPages(wake: () => void): () => void {
  return listen({
    change: ({ topic }) => {
      if (topic === 'page') wake();
    },
    reset: wake,
  });
}
