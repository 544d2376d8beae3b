import { afterEach, expect, test, vi } from 'vitest';
import { db, transact } from '@/lib/db/pool';
import { entryDigest } from '@/lib/evidence/chain';
import { envelopeSchema, payloadOf } from '@/lib/evidence/dsse';
import { CHAIN_START, linkHash } from '@/lib/evidence/links';
import { verifyWithInstance } from '../instance-keys/verify';
import { type GivenWorkspace, givenWorkspace } from '../testing/given';
import { appendAudit } from './append';
import { entryColumns, unlinked } from './chain-rows';
import type { SealMemory } from './mark';
import { sealAll, sealEntries, signDueCheckpoints } from './seal-entries';

afterEach(() => {
  vi.restoreAllMocks();
});

function append(workspace: GivenWorkspace, count = 1, client: Parameters<typeof appendAudit>[0] = db()) {
  return appendAudit(
    client,
    Array.from({ length: count }, (_, index) => ({
      workspaceId: workspace.id,
      actor: workspace.system,
      action: 'run.paused',
      subject: `run:${index}`,
      detail: { index, text: 'é\u2028"\\', nested: { z: 1.5, a: [true, null] } },
    })),
  );
}

/** Recomputes the chain from the rows; fails on a gap, a double or a wrong hash. Answers the entries' numbers in order. */
async function checkedChain(workspace: GivenWorkspace): Promise<number[]> {
  const { rows } = await db().query(
    `SELECT l.seq, encode(l.hash, 'hex') AS hash, ${entryColumns('e')}
       FROM audit_link l JOIN audit_entry e ON e.id = l.entry_id WHERE l.workspace_id = $1 ORDER BY l.seq`,
    [workspace.id],
  );
  let before = CHAIN_START;
  rows.forEach(({ seq, hash, ...entry }, index) => {
    expect(seq).toBe(index + 1);
    expect(entry.workspace).toBe(workspace.id);
    expect(hash).toBe(linkHash(before, entryDigest(entry)));
    before = hash;
  });
  return rows.map((row) => row.id);
}

async function entriesOf(workspace: GivenWorkspace): Promise<number> {
  const { rows } = await db().query('SELECT count(*) AS n FROM audit_entry WHERE workspace_id = $1', [
    workspace.id,
  ]);
  return rows[0].n;
}

async function numbersOf(workspace: GivenWorkspace): Promise<number[]> {
  const { rows } = await db().query('SELECT id FROM audit_entry WHERE workspace_id = $1 ORDER BY id', [
    workspace.id,
  ]);
  return rows.map((row) => row.id);
}

async function settled(): Promise<number> {
  const { rows } = await db().query('SELECT settled FROM audit_mark');
  return rows[0].settled;
}

/** The last number that was given out. */
async function drawn(): Promise<number> {
  const { rows } = await db().query('SELECT last_value FROM audit_entry_id_seq');
  return rows[0].last_value;
}

async function checkpointsOf(workspace: GivenWorkspace) {
  const { rows } = await db().query(
    `SELECT seq, encode(hash, 'hex') AS hash, envelope FROM audit_checkpoint WHERE workspace_id = $1 ORDER BY seq`,
    [workspace.id],
  );
  return rows;
}

test('every committed entry is linked once, each workspace in a chain of its own', async () => {
  const [one, other] = [await givenWorkspace(), await givenWorkspace()];
  await append(one, 3);
  await append(other, 2);
  await append(one, 1);
  expect(await sealEntries()).toBe(6);
  expect(await checkedChain(one)).toHaveLength(4);
  expect(await checkedChain(other)).toHaveLength(2);
  expect(await sealEntries()).toBe(0);
});

test('an entry whose transaction commits late is linked when it does, though later numbers were linked before', async () => {
  const workspace = await givenWorkspace();
  const slow = await db().connect();
  await slow.query('BEGIN');
  await append(workspace, 1, slow);
  await append(workspace, 2);
  await sealEntries();
  const early = await checkedChain(workspace);
  expect(early).toHaveLength(2);
  await slow.query('COMMIT');
  slow.release();
  await sealEntries();
  const all = await checkedChain(workspace);
  expect(all.slice(0, 2)).toEqual(early);
  expect(all[2]).toBeLessThan(early[0] ?? 0);
});

test('an entry that commits late is found even when every number after it is settled but for its own', async () => {
  const workspace = await givenWorkspace();
  const memory: SealMemory = { earlier: null };
  const slow = await db().connect();
  await slow.query('BEGIN');
  await append(workspace, 1, slow);
  for (let turn = 0; turn < 4; turn += 1) {
    await append(workspace, 2);
    await sealEntries(memory);
  }
  expect(await checkedChain(workspace)).toHaveLength(8);
  expect(await settled()).toBeLessThan((await numbersOf(workspace))[0] ?? 0);
  await slow.query('COMMIT');
  slow.release();
  await sealEntries(memory);
  expect(await checkedChain(workspace)).toHaveLength(9);
  expect(await settled()).toBe((await numbersOf(workspace)).at(-1));
});

test('the mark moves on under writers that never pause, up to what was given out before the oldest of them began', async () => {
  const workspace = await givenWorkspace();
  const memory: SealMemory = { earlier: null };
  let before = await db().connect();
  await before.query('BEGIN');
  await append(workspace, 1, before);
  await sealEntries(memory);
  for (let turn = 0; turn < 5; turn += 1) {
    const reached = (await numbersOf(workspace)).at(-1) ?? 0;
    const next = await db().connect();
    await next.query('BEGIN');
    await append(workspace, 1, next);
    await before.query('COMMIT');
    before.release();
    before = next;
    await sealEntries(memory);
    await sealEntries(memory);
    expect(await settled()).toBeGreaterThanOrEqual(reached);
    expect(await settled()).toBeLessThan(await drawn());
  }
  await before.query('ROLLBACK');
  before.release();
  await sealEntries(memory);
  expect(await settled()).toBe(await drawn());
  expect(await checkedChain(workspace)).toHaveLength(await entriesOf(workspace));
});

test('a mark that moved leaves nothing behind it, whoever writes, rolls back, seals or forgets beside', async () => {
  const workspace = await givenWorkspace();
  let writing = true;
  const writers = Promise.all(
    Array.from({ length: 5 }, async (_, writer) => {
      for (let turn = 0; turn < 30; turn += 1)
        await transact(async (client) => {
          await append(workspace, 1 + (turn % 2), client);
          await new Promise((resolve) => setTimeout(resolve, (writer * turn) % 7));
          if ((turn + writer) % 5 === 0) throw new Error('rolled back');
        }).catch(() => {});
    }),
  ).finally(() => {
    writing = false;
  });
  const passed: number[] = [];
  const sealers = Array.from({ length: 2 }, async (_, sealer) => {
    let memory: SealMemory = { earlier: null };
    for (let turn = 0; writing; turn += 1) {
      if (turn % (9 + sealer) === 0) memory = { earlier: null };
      await sealEntries(memory);
      const { rows } = await db().query<{ n: number }>(
        `SELECT count(*) AS n FROM audit_entry e WHERE id <= (SELECT settled FROM audit_mark) AND ${unlinked()}`,
      );
      passed.push(rows[0]?.n ?? -1);
    }
  });
  await Promise.all([writers, ...sealers]);
  await sealEntries();
  expect(new Set(passed)).toEqual(new Set([0]));
  expect(await settled()).toBe(await drawn());
  expect(await checkedChain(workspace)).toHaveLength(await entriesOf(workspace));
});

test('a number taken by hand far ahead does not carry the mark away from those that follow', async () => {
  const workspace = await givenWorkspace();
  await db().query(
    `INSERT INTO audit_entry (id, workspace_id, actor, actor_name, action, subject)
     VALUES (1000000000000, $1, 'system', 'x', 'run.paused', 'x')`,
    [workspace.id],
  );
  await append(workspace, 2);
  await sealEntries();
  await append(workspace, 1);
  await sealEntries();
  expect(await checkedChain(workspace)).toHaveLength(4);
});

test('what was rolled back leaves no trace in the chain', async () => {
  const workspace = await givenWorkspace();
  await expect(
    transact(async (client) => {
      await append(workspace, 1, client);
      throw new Error('no');
    }),
  ).rejects.toThrow('no');
  await append(workspace);
  await sealEntries();
  expect(await checkedChain(workspace)).toHaveLength(1);
});

test('sealers of several planes beside busy writers make one chain without gap or double', async () => {
  const workspace = await givenWorkspace();
  let writing = true;
  const writers = Promise.all(
    Array.from({ length: 6 }, async () => {
      for (let turn = 0; turn < 40; turn += 1)
        await transact(async (client) => {
          await append(workspace, 1 + (turn % 3), client);
        });
    }),
  ).finally(() => {
    writing = false;
  });
  const sealers = Array.from({ length: 3 }, async () => {
    while (writing) await sealEntries();
  });
  await Promise.all([writers, ...sealers]);
  await sealEntries();
  expect(await checkedChain(workspace)).toHaveLength(await entriesOf(workspace));
});

test('a sealer that is killed in the middle of a batch leaves the chain as it was, and the next one goes on', async () => {
  const workspace = await givenWorkspace();
  await append(workspace, 5);
  await sealEntries();
  await append(workspace, 20);
  // Its connection dies after the links were written, before the commit.
  const { default: pg } = await import('pg');
  const query = pg.Client.prototype.query;
  vi.spyOn(pg.Client.prototype, 'query').mockImplementation(function (this: unknown, ...given: unknown[]) {
    if (given[0] === 'COMMIT') throw new Error('killed');
    return Reflect.apply(query, this, given);
  });
  await expect(sealEntries()).rejects.toThrow('killed');
  vi.restoreAllMocks();
  expect(await checkedChain(workspace)).toHaveLength(5);
  await sealEntries();
  expect(await checkedChain(workspace)).toHaveLength(25);
});

test('checkpoints are signed at the first link and at every thousandth', async () => {
  const workspace = await givenWorkspace();
  await append(workspace, 2);
  await sealEntries();
  await append(workspace, 2100);
  await sealEntries();
  const checkpoints = await checkpointsOf(workspace);
  expect(checkpoints.map((each) => each.seq)).toEqual([2, 1000, 2000]);
  for (const { seq, hash, envelope: stored } of checkpoints) {
    const envelope = envelopeSchema.parse(stored);
    expect(await verifyWithInstance(db(), envelope)).toBe('valid');
    expect(JSON.parse(payloadOf(envelope).toString())).toMatchObject({ workspace: workspace.id, seq, hash });
  }
});

test('a chain that grew gets a checkpoint a day later, one that rested does not', async () => {
  const [grew, rested] = [await givenWorkspace(), await givenWorkspace()];
  for (const workspace of [grew, rested]) await append(workspace);
  await sealEntries();
  await append(grew);
  await sealEntries();
  await signDueCheckpoints();
  expect(await checkpointsOf(grew)).toHaveLength(1);
  await asSuperuser('UPDATE audit_checkpoint SET at = at - interval $$25 hours$$');
  await signDueCheckpoints();
  expect((await checkpointsOf(grew)).map((each) => each.seq)).toEqual([1, 2]);
  expect((await checkpointsOf(rested)).map((each) => each.seq)).toEqual([1]);
});

test('an export begins with everything linked and signed', async () => {
  const workspace = await givenWorkspace();
  await sealAll(workspace.id);
  expect(await checkpointsOf(workspace)).toEqual([]);
  await append(workspace, 3);
  await sealAll(workspace.id);
  await sealAll(workspace.id);
  expect((await checkpointsOf(workspace)).map((each) => each.seq)).toEqual([3]);
});

test('what was agreed and recorded can be changed by nobody who goes by the rules, the tables’ owner included', async () => {
  const tables = ['audit_entry', 'audit_link', 'audit_checkpoint', 'signature', 'evidence', 'stage_change'];
  const workspace = await givenWorkspace();
  await append(workspace);
  await sealEntries();
  // The embedded database's account is a superuser, for whom privileges count nothing: the triggers refuse it.
  for (const table of ['audit_entry', 'audit_link', 'audit_checkpoint']) {
    await expect(db().query(`UPDATE ${table} SET workspace_id = workspace_id`)).rejects.toThrow(/refused/);
    await expect(db().query(`DELETE FROM ${table}`)).rejects.toThrow(/refused/);
  }
  for (const table of tables)
    await expect(db().query(`TRUNCATE ${table} CASCADE`)).rejects.toThrow(/refused/);
  // An account such as a company gives its application: it owns the tables, and has taken the privileges from itself.
  await transact(async (client) => {
    await client.query('CREATE ROLE an_application');
    await client.query('GRANT USAGE ON SCHEMA public TO an_application');
    for (const table of tables) {
      const { rows } = await client.query<{ grants: string }>(
        `SELECT array_to_string(relacl, ' ') AS grants FROM pg_class WHERE oid = $1::regclass`,
        [table],
      );
      // r a x t m: SELECT, INSERT, REFERENCES, TRIGGER, MAINTAIN; not w, d, D.
      const owner = rows[0]?.grants.split(' ').find((grant) => !grant.startsWith('='));
      expect(owner?.split(/[=/]/)[1], table).toMatch(/^[arxtm]+$/);
      await client.query(`GRANT SELECT, INSERT ON ${table} TO an_application`);
    }
    await client.query('SET LOCAL ROLE an_application');
    for (const table of tables)
      for (const change of [
        `UPDATE ${table} SET workspace_id = NULL`,
        `DELETE FROM ${table}`,
        `TRUNCATE ${table}`,
      ]) {
        await client.query('SAVEPOINT before');
        await expect(client.query(change)).rejects.toThrow(/permission denied/);
        await client.query('ROLLBACK TO before');
      }
    await client.query('RESET ROLE');
    await client.query('DROP OWNED BY an_application; DROP ROLE an_application');
  });
});

/** What only somebody who may switch triggers off can do. */
async function asSuperuser(sql: string): Promise<void> {
  await transact(async (client) => {
    await client.query('SET LOCAL session_replication_role = replica');
    await client.query(sql);
  });
}
