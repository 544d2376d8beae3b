/**
 * What the chain costs the audit log: appends a second by 64 writers, each waiting for the commit of its entry, counted
 * until every entry is sealed. With a transaction for each entry, held against the same statement into a table without a
 * chain. And as the product appends an entry that belongs to no other transaction, commits shared, held against a chain
 * whose writers lock its head for each entry. All on one database, with commits flushed to disk.
 */
import { createHash, randomUUID } from 'node:crypto';
import { withDatabase } from './support/database';
import type { Line } from './support/line';

const WRITERS = 64;
const ROUNDS = 2;
const SECONDS = 8;

async function run(): Promise<Line[]> {
  return withDatabase(async () => {
    const { default: pg } = await import('pg');
    const { db, closeDb } = await import('@/lib/db/pool');
    const { appendAudit } = await import('@/lib/services/audit/append');
    const { appendAlone } = await import('@/lib/services/audit/append-alone');
    const { getChain } = await import('@/lib/services/audit/get-chain');
    const { startSealer } = await import('../runtime/audit/sealer');
    const writers = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: WRITERS });
    const workspaceId = randomUUID();
    await db().query(`INSERT INTO workspace (id, name, slug) VALUES ($1, 'Bench', 'bench')`, [workspaceId]);
    // Outside the chain; with the same columns, defaults, indexes and foreign key.
    await db().query('CREATE TABLE unchained (LIKE audit_entry INCLUDING ALL)');
    await db().query('CREATE TABLE head_locked (LIKE audit_entry INCLUDING ALL, hash bytea)');
    for (const table of ['unchained', 'head_locked'])
      await db().query(`ALTER TABLE ${table} ADD FOREIGN KEY (workspace_id) REFERENCES workspace (id)`);
    await db().query(`CREATE TABLE chain_head (workspace_id uuid PRIMARY KEY, hash bytea)`);
    await db().query(`INSERT INTO chain_head VALUES ($1, '\\x00')`, [workspaceId]);
    const record = {
      workspaceId,
      actor: { kind: 'system', workspaceId } as const,
      action: 'run.paused',
      subject: `run:${randomUUID()}`,
      detail: { clause: 'cost/perRun', reason: 'cost overrun', limit: 0.5 },
    };
    const columns = [
      workspaceId,
      'system',
      'Countersign',
      record.action,
      record.subject,
      JSON.stringify(record.detail),
    ];
    const names = 'workspace_id, actor, actor_name, action, subject, detail';

    /** Appends by all writers for a while; how many there were. */
    const write = async (append: () => Promise<unknown>): Promise<number> => {
      const until = performance.now() + SECONDS * 1000;
      let count = 0;
      await Promise.all(
        Array.from({ length: WRITERS }, async () => {
          while (performance.now() < until) {
            await append();
            count += 1;
          }
        }),
      );
      return count;
    };
    const waiting = async () => (await getChain(record.actor)).waiting > 0;
    const chained = async (append: () => Promise<void>) => {
      const sealer = startSealer({ error: console.error });
      const began = performance.now();
      const count = await write(append);
      while (await waiting()) await new Promise((resolve) => setTimeout(resolve, 5));
      const seconds = (performance.now() - began) / 1000;
      await sealer.stop();
      return count / seconds;
    };
    const bare = async () =>
      (await write(() =>
        writers.query({
          name: 'append-unchained',
          text: `INSERT INTO unchained (${names}) VALUES ($1, $2, $3, $4, $5, $6)`,
          values: columns,
        }),
      )) / SECONDS;
    const locked = async () =>
      (await write(async () => {
        const client = await writers.connect();
        try {
          await client.query('BEGIN');
          const { rows } = await client.query<{ hash: Buffer }>({
            name: 'lock-head',
            text: 'SELECT hash FROM chain_head WHERE workspace_id = $1 FOR UPDATE',
            values: [workspaceId],
          });
          const hash = createHash('sha256')
            .update(rows[0]?.hash ?? '')
            .update(JSON.stringify(columns))
            .digest();
          await client.query({
            name: 'append-locked',
            text: `INSERT INTO head_locked (${names}, hash) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
            values: [...columns, hash],
          });
          await client.query({
            name: 'move-head',
            text: 'UPDATE chain_head SET hash = $2 WHERE workspace_id = $1',
            values: [workspaceId, hash],
          });
          await client.query('COMMIT');
        } finally {
          client.release();
        }
      })) / SECONDS;

    const best = { chained: 0, bare: 0, alone: 0, locked: 0 };
    for (let round = 0; round < ROUNDS; round += 1) {
      best.bare = Math.max(best.bare, await bare());
      best.chained = Math.max(best.chained, await chained(() => appendAudit(writers, [record])));
      best.alone = Math.max(best.alone, await chained(() => appendAlone(record)));
      best.locked = Math.max(best.locked, await locked());
    }
    await writers.end();
    await closeDb();
    return [
      {
        what: `appends by ${WRITERS} writers, a transaction each, until sealed into the chain; reference: the same rows without a chain`,
        ours: best.chained,
        reference: best.bare,
        unit: 'entries/s',
        ratio: best.chained / best.bare,
        goal: 0.5,
      },
      {
        what: `appends by ${WRITERS} writers, commits shared, until sealed into the chain; reference: a chain that locks its head for each entry`,
        ours: best.alone,
        reference: best.locked,
        unit: 'entries/s',
        ratio: best.alone / best.locked,
        goal: 15,
      },
    ];
  });
}

export const measure = { name: 'audit', run };
