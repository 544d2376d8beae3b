/**
 * What the chain costs the audit log: appends a second by 64 writers, each a transaction of its own, counted until every
 * entry is sealed. Held against the same statement into a table without a chain, and against a chain whose writers lock
 * its head for each entry. All three on one database, with commits flushed to disk.
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
    const chained = async () => {
      const sealer = startSealer({ error: console.error });
      const began = performance.now();
      const count = await write(() => appendAudit(writers, [record]));
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

    const best = { chained: 0, bare: 0, locked: 0 };
    for (let round = 0; round < ROUNDS; round += 1) {
      best.bare = Math.max(best.bare, await bare());
      best.chained = Math.max(best.chained, await chained());
      best.locked = Math.max(best.locked, await locked());
    }
    await writers.end();
    await closeDb();
    const line = (what: string, reference: number, goal: number): Line => ({
      what: `appends sealed into the chain by ${WRITERS} writers; reference: ${what}`,
      ours: best.chained,
      reference,
      unit: 'entries/s',
      ratio: best.chained / reference,
      goal,
    });
    return [
      line('the same rows without a chain', best.bare, 0.5),
      line('a chain that locks its head for each entry', best.locked, 15),
    ];
  });
}

export const measure = { name: 'audit', run };
