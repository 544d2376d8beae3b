/** A person with a password and a passkey, through the services that make them. */
import type { Actor } from '@/lib/auth/actor';
import { db } from '@/lib/db/pool';
import { hashPassword } from '@/lib/services/people/password';
import { beginEnrolment, finishEnrolment, proveForPasskey } from '../enrol';
import { type TestPasskey, testPasskey } from './authenticator';

export const ORIGIN = 'http://localhost:3000';
export const PASSWORD = 'correct horse battery staple';

type PersonActor = Extract<Actor, { kind: 'person' }>;

export async function givePassword(person: PersonActor, password = PASSWORD): Promise<void> {
  await db().query('UPDATE person SET password_hash = $2 WHERE id = $1', [
    person.personId,
    await hashPassword(password, []),
  ]);
}

/** The person must have a password (`givePassword`): adding a passkey asks for it. */
export async function givenPasskey(
  person: PersonActor,
  over: { name?: string; passkey?: TestPasskey; password?: string } = {},
): Promise<{ id: string; passkey: TestPasskey }> {
  const passkey = over.passkey ?? testPasskey({ origin: ORIGIN });
  const { challengeId } = await proveForPasskey(person, 'password');
  const enrolment = await beginEnrolment(person, {
    method: 'password',
    challengeId,
    password: over.password ?? PASSWORD,
  });
  const { id } = await finishEnrolment(person, {
    challengeId: enrolment.challengeId,
    name: over.name ?? 'Laptop',
    response: passkey.make(enrolment.request),
  });
  return { id, passkey };
}
