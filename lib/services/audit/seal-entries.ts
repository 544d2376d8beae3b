import type { PoolClient } from 'pg';
import { byteaArray, int8Array } from '@/lib/db/binary-arrays';
import { db, transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { CHECKPOINT_EVERY, entryDigest } from '@/lib/evidence/chain';
import { CHAIN_START, linkHash } from '@/lib/evidence/links';
import { type ChainHead, chainHead, unlinked, waitingEntries } from './chain-rows';
import { writeCheckpoint } from './checkpoint';
import { boundsOf, moveMark, SETTLED, type SealMemory } from './mark';

type Client = Pick<PoolClient, 'query'>;

/** The first half of the advisory lock's key; the second is of the workspace. */
const LOCK = 0x5ea1;

/** A chain that grew since its last checkpoint gets another when that is as old as this. */
const CHECKPOINT_AFTER = '24 hours';

/**
 * Links every entry that is committed, of every workspace, in batches. Any number of processes may call it at once: a chain
 * that another is at is left to it. Answers how many entries were linked. See docs/decisions/015-one-sealer-per-chain.md.
 */
export async function sealEntries(memory: SealMemory = { earlier: null }): Promise<number> {
  const bounds = await boundsOf(db(), memory);
  if (bounds === null) return 0;
  const { rows } = await db().query<{ workspaceId: string }>(
    `SELECT DISTINCT e.workspace_id AS "workspaceId" FROM audit_entry e WHERE e.id > $1 AND ${unlinked('$1')}`,
    [bounds.settled],
  );
  let linked = 0;
  let all = true;
  for (const { workspaceId } of rows) {
    let above = bounds.settled;
    for (let more = true; more; ) {
      const batch = await transact(async (client) =>
        (await tryLockChain(client, workspaceId)) ? sealBatch(client, workspaceId, above) : null,
      );
      linked += batch?.linked ?? 0;
      above = batch?.last ?? above;
      more = batch?.more ?? false;
      // Another may fail at what it is at.
      if (batch === null) all = false;
    }
  }
  if (all) await moveMark(db(), bounds);
  return linked;
}

/** Links what waits in one workspace and signs where its chain then stands: what an export begins with. */
export async function sealAll(workspaceId: string): Promise<void> {
  const { rows } = await db().query<{ settled: number }>(`SELECT ${SETTLED} AS settled`);
  let above = rows[0]?.settled ?? 0;
  for (let more = true; more; )
    more = await transact(async (client) => {
      await lockChain(client, workspaceId);
      const batch = await sealBatch(client, workspaceId, above);
      above = batch.last;
      return batch.more;
    });
  await transact(async (client) => {
    await lockChain(client, workspaceId);
    const head = await chainHead(client, workspaceId);
    if (head !== null) await writeCheckpoint(client, workspaceId, head);
  });
}

/**
 * Signs the chains whose last checkpoint is a day old and that grew since, or whose checkpoint could not be signed when it
 * was due. Answers how many.
 */
export async function signDueCheckpoints(): Promise<number> {
  const { rows } = await db().query<{ workspaceId: string }>(
    `SELECT w.id AS "workspaceId" FROM workspace w
      CROSS JOIN LATERAL (SELECT seq FROM audit_link WHERE workspace_id = w.id ORDER BY seq DESC LIMIT 1) h
       LEFT JOIN LATERAL (SELECT seq, at FROM audit_checkpoint WHERE workspace_id = w.id
                           ORDER BY seq DESC LIMIT 1) c ON true
      WHERE c.seq IS NULL OR c.seq < h.seq - $2 OR (c.seq < h.seq AND c.at <= now() - $1::interval)`,
    [CHECKPOINT_AFTER, CHECKPOINT_EVERY],
  );
  for (const { workspaceId } of rows)
    await transact(async (client) => {
      if (!(await tryLockChain(client, workspaceId))) return;
      const head = await chainHead(client, workspaceId);
      if (head !== null) await writeCheckpoint(client, workspaceId, head);
    });
  return rows.length;
}

interface Batch {
  linked: number;
  /** Number of the last entry that was linked: what waits beside later ones is above it. */
  last: number;
  more: boolean;
}

/**
 * Links up to `CHECKPOINT_EVERY` entries above a number, ends at its next multiple, and signs there. All of it in the
 * caller's transaction, which holds the chain's lock: killed anywhere, either nothing of it happened or all of it did.
 */
async function sealBatch(client: Client, workspaceId: string, above: number): Promise<Batch> {
  await readInOrder(client);
  const head: ChainHead = (await chainHead(client, workspaceId)) ?? { seq: 0, hash: CHAIN_START };
  const room = CHECKPOINT_EVERY - (head.seq % CHECKPOINT_EVERY);
  const entries = await waitingEntries(client, workspaceId, above, room);
  const last = entries.at(-1)?.id;
  if (last === undefined) return { linked: 0, last: above, more: false };
  const hashes: string[] = [];
  let { hash } = head;
  for (const entry of entries) {
    hash = linkHash(hash, entryDigest(entry));
    hashes.push(hash);
  }
  const seq = head.seq + entries.length;
  await client.query(
    `INSERT INTO audit_link (workspace_id, seq, entry_id, hash)
     SELECT $1, $2 + place, entry_id, hash
       FROM unnest($3::bigint[], $4::bytea[]) WITH ORDINALITY AS b(entry_id, hash, place)`,
    [workspaceId, head.seq, int8Array(entries.map((entry) => entry.id)), byteaArray(hashes)],
  );
  if (head.seq === 0 || seq % CHECKPOINT_EVERY === 0)
    await checkpointUnlessLocked(client, workspaceId, { seq, hash });
  return { linked: entries.length, last, more: entries.length === room };
}

/** An instance key that cannot be opened must not stop the chain: the checkpoint is made up for once it can. */
async function checkpointUnlessLocked(client: Client, workspaceId: string, head: ChainHead): Promise<void> {
  try {
    await writeCheckpoint(client, workspaceId, head);
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'unavailable')) throw error;
  }
}

/**
 * Batches are read in the order of an index and end at their limit. Without this the database, which counts a table only now
 * and then, takes what waits for little, and reads and sorts all of it for every batch.
 */
async function readInOrder(client: Client): Promise<void> {
  await client.query(
    'SET LOCAL enable_sort = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_hashjoin = off',
  );
}

async function tryLockChain(client: Client, workspaceId: string): Promise<boolean> {
  const { rows } = await client.query<{ got: boolean }>(
    'SELECT pg_try_advisory_xact_lock($1, hashtext($2)) AS got',
    [LOCK, workspaceId],
  );
  return rows[0]?.got === true;
}

async function lockChain(client: Client, workspaceId: string): Promise<void> {
  await client.query('SELECT pg_advisory_xact_lock($1, hashtext($2))', [LOCK, workspaceId]);
}
