import type { PoolClient } from 'pg';
import { type Actor, actorName } from '@/lib/auth/actor';
import { db, transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { auditOwn } from './audit-own';
import { hashPassword, isPassword } from './password';
import { readPasswordToken } from './password-link';

const STALE =
  'This link has been used or is too old. Ask an administrator of your workspace for another (Settings, People).';

interface PersonRecord {
  id: string;
  name: string;
  email: string;
  password_hash: string | null;
}

async function believe(
  client: Pick<PoolClient, 'query'>,
  token: string,
  now: number,
  lock: boolean,
): Promise<PersonRecord> {
  const read = readPasswordToken(token);
  if (read === null || read.expiresAt < now) throw new AppError('invalid', STALE);
  const found = await client.query<PersonRecord>(
    `SELECT id, name, email, password_hash FROM person WHERE id = $1 AND disabled_at IS NULL ${lock ? 'FOR UPDATE' : ''}`,
    [read.personId],
  );
  const person = found.rows[0];
  if (person === undefined || !read.isGenuine(person.password_hash)) throw new AppError('invalid', STALE);
  return person;
}

/** Who a link is for, to greet them. Throws `invalid` for a used, old or forged one. */
export async function whoseLink(token: string): Promise<{ name: string; email: string }> {
  const { name, email } = await believe(db(), token, Date.now(), false);
  return { name, email };
}

/** Sets the password by a one-time link; every session opened with the former one ends. Returns whom to sign in. */
export async function setPasswordByLink(token: string, password: string): Promise<{ email: string }> {
  const { name, email } = await whoseLink(token);
  const hash = await hashPassword(password, [name, email]);
  await transact(async (client) => {
    const person = await believe(client, token, Date.now(), true);
    await store(client, person.id, hash, null);
  });
  return { email };
}

/** A signed-in person changes their own. Throws `invalid` when the present one is wrong. */
export async function changeOwnPassword(
  actor: Actor,
  input: { current: string; password: string },
): Promise<void> {
  if (actor.kind !== 'person') throw new AppError('forbidden', 'Only people have passwords.');
  const found = await db().query<PersonRecord>(
    'SELECT id, name, email, password_hash FROM person WHERE id = $1',
    [actor.personId],
  );
  const person = found.rows[0];
  if (person === undefined || person.password_hash === null)
    throw new AppError('conflict', 'You have no password. An administrator can make you a link to set one.');
  if (!(await isPassword(person.password_hash, input.current)))
    throw new AppError('invalid', 'Something in the form is not right yet.', {
      issues: [{ path: 'current', message: 'This is not your present password.' }],
    });
  const hash = await hashPassword(input.password, [person.name, person.email, actorName(actor)]);
  await transact((client) => store(client, person.id, hash, actor));
}

async function store(client: PoolClient, personId: string, hash: string, by: Actor | null): Promise<void> {
  await client.query('UPDATE person SET password_hash = $2 WHERE id = $1', [personId, hash]);
  await auditOwn(client, personId, by ?? 'the person', {
    action: 'person.password-set',
    detail: { by: by === null ? 'link' : 'self' },
  });
}
