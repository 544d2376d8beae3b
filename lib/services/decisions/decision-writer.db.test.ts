import { afterAll, beforeAll, expect, it } from 'vitest';
import { db, transact } from '@/lib/db/pool';
import { aDecision } from '@/lib/services/testing/a-decision';
import { givenAgent, givenKey, givenVersion, givenWorkspace } from '@/lib/services/testing/given';
import { DecisionWriter } from './decision-writer';
import { createRun, type RunRow } from './run-row';

const writer = new DecisionWriter();
let run: RunRow;
beforeAll(async () => {
  const workspace = await givenWorkspace();
  const agent = await givenAgent(workspace);
  await givenVersion(workspace, null);
  run = await createRun((await givenKey(workspace, ['decide'], agent)).actor, 'a', undefined);
});
afterAll(() => writer.close());

const write = (seq: number) => writer.store([aDecision(run, seq)], true);
const numbers = async () =>
  (
    await db().query<{ seq: number }>('SELECT seq FROM decision WHERE run_id = $1 ORDER BY seq', [run.id])
  ).rows.map(({ seq }) => seq);

/** Meanwhile every statement of the writer waits, so that several are under way. */
async function whileHeld(work: (waiting: () => Promise<number | undefined>) => Promise<void>): Promise<void> {
  await transact(async (client) => {
    await client.query('LOCK TABLE merge_gate');
    await work(async () => {
      const { rows } = await db().query<{ pid: number }>(
        `SELECT l.pid FROM pg_locks l WHERE l.relation = 'merge_gate'::regclass AND NOT l.granted
            AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
      );
      return rows[0]?.pid;
    });
  });
}

it('what is written while a statement is under way gets in after it, though one of them cannot', async () => {
  const under: Promise<unknown>[] = [];
  await whileHeld(async (waiting) => {
    under.push(write(1));
    await expect.poll(waiting).toBeDefined();
    under.push(
      write(2),
      write(1).then((stored) => stored?.size),
      write(3),
    );
  });
  expect(await Promise.all(under)).toEqual([null, null, 0, null]);
  expect(await numbers()).toEqual([1, 2, 3]);
});

it('all that is under way hears that the connection broke, and what comes then is written on a new one', async () => {
  await whileHeld(async (waiting) => {
    const under = Promise.allSettled([write(4), write(5)]);
    await expect.poll(waiting).toBeDefined();
    await db().query('SELECT pg_terminate_backend($1)', [await waiting()]);
    expect((await under).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });
  expect(await write(4)).toBeNull();
  expect(await numbers()).toEqual([1, 2, 3, 4]);
});
