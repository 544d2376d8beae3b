import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import pg from 'pg';
import { expect, it } from 'vitest';
import { db } from './pool';
import { startCopy } from './start-copy';

it('a connection that ends in the middle of a copy fails that copy, and nothing besides', async () => {
  const client = await db().connect();
  client.on('error', () => {});
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  await client.query('CREATE TEMP TABLE taken (word text)');
  const copy = startCopy(client, 'COPY taken (word) FROM STDIN');
  const finished = once(copy, 'finish');
  await new Promise((written) => copy.write('one\n', written));

  await db().query('SELECT pg_terminate_backend($1)', [rows[0]?.pid]);
  const ended = await finished.catch((error: unknown) => error);
  expect(ended).toBeInstanceOf(pg.DatabaseError);
  // As whoever writes does when they hear of it.
  copy.destroy(new Error('The rest is not written.'));
  copy.destroy();
  await setImmediate();
  client.release(true);

  expect((await db().query<{ one: number }>('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
});
