import type { PoolClient } from 'pg';
import { db, transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { CHAIN_START, CHECKPOINT_EVERY, entryDigest, linkHash } from '@/lib/evidence/chain';
import { type ChainHead, chainHead, pendingEntries } from './chain-rows';
import { writeCheckpoint } from './checkpoint';

type Client = Pick<PoolClient, 'query'>;

/** The first half of the advisory lock's key; the second is of the workspace. */
const LOCK = 0x5ea1;

/** A chain that grew since its last checkpoint gets another when that is as old as this. */
const CHECKPOINT_AFTER = '24 hours';

/**
 * Links every entry that waits, of every workspace, in batches. Any number of processes may call it at once: a chain
 * that another is at is left to it. Answers how many entries were linked. See docs/decisions/015-one-sealer-per-chain.md.
 */
export async function sealEntries(): Promise<number> {
  const { rows } = await db().query<{ workspaceId: string }>(
    // From one workspace to the next along the index, however many entries wait.
    `WITH RECURSIVE each AS (
       (SELECT workspace_id FROM audit_pending ORDER BY workspace_id LIMIT 1)
       UNION ALL
       SELECT (SELECT workspace_id FROM audit_pending WHERE workspace_id > each.workspace_id
                ORDER BY workspace_id LIMIT 1)
         FROM each WHERE each.workspace_id IS NOT NULL)
     SELECT workspace_id AS "workspaceId" FROM each WHERE workspace_id IS NOT NULL`,
  );
  let linked = 0;
  for (const { workspaceId } of rows) {
    for (let more = true; more; ) {
      const batch = await transact(async (client) =>
        (await tryLockChain(client, workspaceId)) ? sealBatch(client, workspaceId) : null,
      );
      linked += batch?.linked ?? 0;
      more = batch?.more ?? false;
    }
  }
  return linked;
}

/** Links what waits in one workspace and signs where its chain then stands: what an export begins with. */
export async function sealAll(workspaceId: string): Promise<void> {
  for (let more = true; more; )
    more = await transact(async (client) => {
      await lockChain(client, workspaceId);
      return (await sealBatch(client, workspaceId)).more;
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

/**
 * Links up to `CHECKPOINT_EVERY` entries, ends at its next multiple, and signs there. All of it in the caller's
 * transaction, which holds the chain's lock: killed anywhere, either nothing of it happened or all of it did.
 */
async function sealBatch(client: Client, workspaceId: string): Promise<{ linked: number; more: boolean }> {
  const head: ChainHead = (await chainHead(client, workspaceId)) ?? { seq: 0, hash: CHAIN_START };
  const room = CHECKPOINT_EVERY - (head.seq % CHECKPOINT_EVERY);
  const entries = await pendingEntries(client, workspaceId, room);
  if (entries.length === 0) return { linked: 0, more: false };
  const hashes: string[] = [];
  let { hash } = head;
  for (const entry of entries) {
    hash = linkHash(hash, entryDigest(entry));
    hashes.push(hash);
  }
  const seq = head.seq + entries.length;
  await client.query(
    `WITH linked AS (
       INSERT INTO audit_link (workspace_id, seq, entry_id, hash)
       SELECT $1, $2 + place, entry_id, decode(hash, 'hex')
         FROM unnest($3::bigint[], $4::text[]) WITH ORDINALITY AS b(entry_id, hash, place))
     DELETE FROM audit_pending WHERE workspace_id = $1 AND entry_id = ANY($3::bigint[])`,
    [workspaceId, head.seq, entries.map((entry) => entry.id), hashes],
  );
  if (head.seq === 0 || seq % CHECKPOINT_EVERY === 0)
    await checkpointUnlessLocked(client, workspaceId, { seq, hash });
  return { linked: entries.length, more: entries.length === room };
}

/** An instance key that cannot be opened must not stop the chain: the checkpoint is made up for once it can. */
async function checkpointUnlessLocked(client: Client, workspaceId: string, head: ChainHead): Promise<void> {
  try {
    await writeCheckpoint(client, workspaceId, head);
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'unavailable')) throw error;
  }
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
