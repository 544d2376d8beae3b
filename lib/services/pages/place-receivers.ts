import type { PoolClient } from 'pg';
import { newId } from '@/lib/db/id';
import { DIGEST_MS, type Lately, placeOf, STORM_MS } from '@/lib/response/storm';

/** How long a page waits for others of its workspace that are under way. It is rather one too many than late. */
const TURN_MS = 2000;
/** Not in time, or in a circle with somebody who waits for us. */
const NO_TURN = new Set(['55P03', '40P01']);

/** Whoever is told: a person, or a channel that people read. */
export interface Receiver {
  kind: 'person' | 'endpoint';
  id: string;
}

/**
 * Decides for each receiver whether this page goes out by itself (null) or joins a digest (its id), and writes that down. What
 * other workspaces told a person does not count. Pages of one workspace take turns until they are committed, so that each knows
 * of those before it, on whichever plane.
 *
 * @returns by the receiver's id
 */
export async function placeReceivers(
  client: Pick<PoolClient, 'query'>,
  told: {
    workspaceId: string;
    pageId: string;
    incidentId: string;
    receivers: readonly Receiver[];
    now: Date;
  },
): Promise<Map<string, string | null>> {
  const { workspaceId, receivers, now } = told;
  const places = new Map<string, string | null>();
  if (receivers.length === 0) return places;
  await takeTurn(client, workspaceId);
  const lately = await whatTheyWereTold(client, workspaceId, receivers, now);
  const begun: { id: string; receiver: Receiver }[] = [];
  for (const receiver of receivers) {
    const place = placeOf(lately.get(receiver.id) ?? { alone: 0, openDigest: null, digested: false });
    if (place === 'alone') places.set(receiver.id, null);
    else if (place === 'new-digest') {
      const digest = { id: newId(), receiver };
      begun.push(digest);
      places.set(receiver.id, digest.id);
    } else places.set(receiver.id, place.join);
  }
  if (begun.length > 0)
    await client.query(
      `INSERT INTO page_digest (id, workspace_id, person_id, endpoint_id, opened_at, due_at)
       SELECT t.id, $4, t.person_id, t.endpoint_id, $5, $6
         FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS t(id, person_id, endpoint_id)`,
      [
        begun.map(({ id }) => id),
        ...columns(begun.map(({ receiver }) => receiver)),
        workspaceId,
        now,
        new Date(now.getTime() + DIGEST_MS),
      ],
    );
  await client.query({
    name: 'place-receivers',
    text: `INSERT INTO page_recipient (id, page_id, incident_id, person_id, endpoint_id, digest_id, at)
     SELECT t.id, $5, $6, t.person_id, t.endpoint_id, t.digest_id, $7
       FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[]) AS t(id, person_id, endpoint_id, digest_id)`,
    values: [
      receivers.map(() => newId()),
      ...columns(receivers),
      receivers.map(({ id }) => places.get(id) ?? null),
      told.pageId,
      told.incidentId,
      now,
    ],
  });
  return places;
}

/**
 * The workspace's row is ours until the transaction ends. Whoever opens an incident has it already, for its number; steps that
 * fall due and what people do by hand come to it here. Who is not let in in time goes on without: a page is never lost to a queue.
 */
async function takeTurn(client: Pick<PoolClient, 'query'>, workspaceId: string): Promise<void> {
  const { rowCount } = await client.query({
    name: 'turn-if-free',
    text: 'SELECT FROM workspace WHERE id = $1 FOR NO KEY UPDATE SKIP LOCKED',
    values: [workspaceId],
  });
  if (rowCount === 1) return;
  await client.query(`SAVEPOINT turn; SET LOCAL lock_timeout = ${TURN_MS}`);
  try {
    await client.query('SELECT FROM workspace WHERE id = $1 FOR NO KEY UPDATE', [workspaceId]);
    await client.query('SET LOCAL lock_timeout TO DEFAULT; RELEASE SAVEPOINT turn');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (typeof code !== 'string' || !NO_TURN.has(code)) throw error;
    await client.query('ROLLBACK TO SAVEPOINT turn');
  }
}

async function whatTheyWereTold(
  client: Pick<PoolClient, 'query'>,
  workspaceId: string,
  receivers: readonly Receiver[],
  now: Date,
): Promise<Map<string, Lately>> {
  const since = new Date(now.getTime() - STORM_MS);
  const { rows } = await client.query<{
    id: string;
    alone: number;
    digested: boolean;
    open_digest: string | null;
  }>({
    name: 'told-lately',
    text: `SELECT COALESCE(w.person_id, w.endpoint_id) AS id,
       (SELECT count(*) FROM page_recipient p JOIN page g ON g.id = p.page_id AND g.workspace_id = $3
         WHERE p.person_id = w.person_id AND p.at > $4 AND p.digest_id IS NULL)
       + (SELECT count(*) FROM page_recipient p JOIN page g ON g.id = p.page_id AND g.workspace_id = $3
         WHERE p.endpoint_id = w.endpoint_id AND p.at > $4 AND p.digest_id IS NULL) AS alone,
       EXISTS (SELECT FROM page_digest d
         WHERE d.workspace_id = $3 AND d.person_id = w.person_id AND d.sent_at > $4)
       OR EXISTS (SELECT FROM page_digest d
         WHERE d.workspace_id = $3 AND d.endpoint_id = w.endpoint_id AND d.sent_at > $4) AS digested,
       (SELECT d.id FROM page_digest d
         WHERE d.workspace_id = $3 AND d.sent_at IS NULL AND d.due_at > $5
           AND (d.person_id = w.person_id OR d.endpoint_id = w.endpoint_id)
         ORDER BY d.due_at LIMIT 1) AS open_digest
     FROM unnest($1::uuid[], $2::uuid[]) AS w(person_id, endpoint_id)`,
    values: [...columns(receivers), workspaceId, since, now],
  });
  // Whoever sends a digest takes its row for itself; what holds it here is counted in it, and what comes later is not.
  const digests = rows.flatMap((row) => row.open_digest ?? []);
  const held =
    digests.length === 0
      ? []
      : (
          await client.query<{ id: string }>(
            'SELECT id FROM page_digest WHERE id = ANY($1::uuid[]) AND sent_at IS NULL ORDER BY id FOR KEY SHARE',
            [digests],
          )
        ).rows;
  const open = new Set(held.map(({ id }) => id));
  return new Map(
    rows.map((row) => [
      row.id,
      {
        alone: row.alone,
        digested: row.digested || (row.open_digest !== null && !open.has(row.open_digest)),
        openDigest: row.open_digest !== null && open.has(row.open_digest) ? row.open_digest : null,
      },
    ]),
  );
}

/** Two columns, of which one is filled. */
function columns(receivers: readonly Receiver[]): [(string | null)[], (string | null)[]] {
  return [
    receivers.map(({ kind, id }) => (kind === 'person' ? id : null)),
    receivers.map(({ kind, id }) => (kind === 'endpoint' ? id : null)),
  ];
}
