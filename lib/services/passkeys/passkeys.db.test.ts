import { beforeAll, describe, expect, test } from 'vitest';
import type { Actor } from '@/lib/auth/actor';
import { db } from '@/lib/db/pool';
import { loadSession } from '@/lib/services/people/load-session';
import { givenPerson, givenWorkspace } from '../testing/given';
import { renamePasskey, revokePasskey } from './change-passkey';
import { beginEnrolment, finishEnrolment, proveForPasskey } from './enrol';
import { listPasskeys } from './list-passkeys';
import { beginPasskeySignIn, signInWithPasskey } from './sign-in';
import { type TestPasskey, testPasskey } from './testing/authenticator';
import { givenPasskey, givePassword, ORIGIN, PASSWORD } from './testing/given-passkey';

type PersonActor = Extract<Actor, { kind: 'person' }>;
let bea: PersonActor;
let addresses = 0;
const from = () => `198.51.100.${++addresses}`;

async function signIn(passkey: TestPasskey, bent: Parameters<TestPasskey['answer']>[1] = {}) {
  const begun = await beginPasskeySignIn(from());
  if (begun === null) throw new Error('no passkeys here');
  return signInWithPasskey(
    { challengeId: begun.challengeId, response: passkey.answer(begun.request, bent) },
    from(),
  );
}

async function refusedReasons(person: PersonActor): Promise<string[]> {
  const { rows } = await db().query<{ reason: string }>(
    `SELECT detail->>'reason' AS reason FROM audit_entry
      WHERE subject = $1 AND action = 'sign-in.refused' ORDER BY id`,
    [`person:${person.personId}`],
  );
  return rows.map((row) => row.reason);
}

async function person(): Promise<PersonActor> {
  const made = await givenPerson(await givenWorkspace(), ['grc']);
  await givePassword(made);
  return made;
}

beforeAll(async () => {
  bea = await person();
});

describe('adding a passkey', () => {
  test('asks for the password first, then keeps what the browser made under its name', async () => {
    const { id } = await givenPasskey(bea, { name: 'MacBook' });
    const { passkeys, possible } = await listPasskeys(bea);
    expect(possible).toBe(true);
    expect(passkeys).toEqual([
      {
        id,
        name: 'MacBook',
        createdAt: expect.any(String),
        lastUsedAt: null,
        backedUp: false,
        elsewhere: null,
      },
    ]);
    const { challengeId } = await proveForPasskey(bea, 'password');
    await expect(
      beginEnrolment(bea, { method: 'password', challengeId, password: 'not the password' }),
    ).rejects.toMatchObject({ code: 'invalid', issues: [{ path: 'password' }] });
  });

  async function enrolment(who: PersonActor) {
    const { challengeId } = await proveForPasskey(who, 'password');
    return beginEnrolment(who, { method: 'password', challengeId, password: PASSWORD });
  }

  test.each([
    ['made at another address', { origin: 'https://countersign.example.net' }],
    ['made for another site', { rpId: 'example.net' }],
    ['made for another question', { challenge: 'AAAA' }],
    ['made without a PIN or finger', { verified: false }],
  ])('refuses one %s', async (_, bent) => {
    const { challengeId, request } = await enrolment(bea);
    const response = testPasskey({ origin: ORIGIN }).make(request, bent);
    await expect(finishEnrolment(bea, { challengeId, name: 'Bent', response })).rejects.toMatchObject({
      code: 'invalid',
    });
  });

  test('is not done twice with one answer, nor by somebody else with it', async () => {
    const { challengeId, request } = await enrolment(bea);
    const response = testPasskey({ origin: ORIGIN }).make(request);
    const stranger = await person();
    await expect(finishEnrolment(stranger, { challengeId, name: 'Mine', response })).rejects.toMatchObject({
      code: 'conflict',
    });
    await finishEnrolment(bea, { challengeId, name: 'Once', response });
    await expect(finishEnrolment(bea, { challengeId, name: 'Twice', response })).rejects.toMatchObject({
      code: 'conflict',
    });
  });

  test('refuses one that is known here already, whoever has it', async () => {
    const { passkey } = await givenPasskey(bea);
    const stranger = await person();
    await expect(givenPasskey(stranger, { passkey })).rejects.toMatchObject({ code: 'conflict' });
  });

  test('asks the browser not to make a second on the same device', async () => {
    const { passkey } = await givenPasskey(bea);
    const { request } = await enrolment(bea);
    expect(request.excludeCredentials?.map((each) => each.id)).toContain(passkey.credentialId);
    expect(request.authenticatorSelection).toMatchObject({
      residentKey: 'required',
      userVerification: 'required',
    });
  });
});

describe('signing in by a passkey', () => {
  test('needs nothing typed and opens a session that lasts until the passkey is revoked', async () => {
    const carl = await person();
    const { id, passkey } = await givenPasskey(carl);
    const claim = await signIn(passkey);
    expect(claim).toEqual({
      personId: carl.personId,
      workspaceId: carl.workspaceId,
      via: 'passkey',
      proof: id,
    });
    expect((await loadSession(claim))?.actor.personId).toBe(carl.personId);
    expect((await listPasskeys(carl)).passkeys[0]?.lastUsedAt).not.toBeNull();
    expect(await loadSession({ ...claim, personId: bea.personId, workspaceId: bea.workspaceId })).toBeNull();
    await revokePasskey(carl, { passkeyId: id });
    expect(await loadSession(claim)).toBeNull();
    await expect(signIn(passkey)).rejects.toMatchObject({ message: expect.stringContaining('revoked') });
    expect(await refusedReasons(carl)).toEqual(['revoked']);
  });

  test.each([
    ['from another address', { origin: 'https://countersign.example.net' }, /another address/],
    ['for another site', { rpId: 'example.net' }, /does not fit/],
    ['to another question', { challenge: 'AAAA' }, /something else/],
    ['without a PIN or finger', { verified: false }, /does not fit/],
  ])('refuses an answer %s', async (_, bent, message) => {
    const dora = await person();
    const { passkey } = await givenPasskey(dora);
    await expect(signIn(passkey, bent)).rejects.toThrow(message);
    expect(await refusedReasons(dora)).toHaveLength(1);
    await signIn(passkey);
  });

  test('refuses one that is not known here', async () => {
    await expect(signIn(testPasskey({ origin: ORIGIN }))).rejects.toThrow(/not known here/);
  });

  test('refuses a copy, whose count is behind', async () => {
    const emil = await person();
    const { passkey } = await givenPasskey(emil);
    await signIn(passkey);
    await signIn(passkey);
    passkey.counter = 0;
    await expect(signIn(passkey)).rejects.toThrow(/a copy of it/);
    expect(await refusedReasons(emil)).toEqual(['counter']);
  });

  test('takes passkeys that never count', async () => {
    const fay = await person();
    const { passkey } = await givenPasskey(fay, { passkey: testPasskey({ origin: ORIGIN, counts: false }) });
    await signIn(passkey);
    await signIn(passkey);
  });

  test('takes an answer once, also from two tabs at the same time', async () => {
    const gus = await person();
    const { passkey } = await givenPasskey(gus, { passkey: testPasskey({ origin: ORIGIN, counts: false }) });
    const begun = await beginPasskeySignIn(from());
    if (begun === null) throw new Error('no passkeys here');
    const input = { challengeId: begun.challengeId, response: passkey.answer(begun.request) };
    const both = await Promise.allSettled([
      signInWithPasskey(input, from()),
      signInWithPasskey(input, from()),
    ]);
    expect(both.map((each) => each.status).sort()).toEqual(['fulfilled', 'rejected']);
    await expect(signInWithPasskey(input, from())).rejects.toMatchObject({ code: 'conflict' });
  });

  test('refuses an answer that came after five minutes', async () => {
    const { passkey } = await givenPasskey(bea);
    const begun = await beginPasskeySignIn(from());
    if (begun === null) throw new Error('no passkeys here');
    await db().query("UPDATE auth_challenge SET expires_at = now() - interval '1 second' WHERE id = $1", [
      begun.challengeId,
    ]);
    await expect(
      signInWithPasskey({ challengeId: begun.challengeId, response: passkey.answer(begun.request) }, from()),
    ).rejects.toThrow(/too long/);
  });

  test('lets nobody in who is disabled', async () => {
    const hal = await person();
    const { passkey } = await givenPasskey(hal);
    await db().query('UPDATE person SET disabled_at = now() WHERE id = $1', [hal.personId]);
    await expect(signIn(passkey)).rejects.toThrow(/not let in/);
  });

  test('is refused to an address that failed sixty times', async () => {
    const address = from();
    const begun = await beginPasskeySignIn(address);
    if (begun === null) throw new Error('no passkeys here');
    const guess = () =>
      signInWithPasskey(
        {
          challengeId: begun.challengeId,
          response: testPasskey({ origin: ORIGIN }).answer(begun.request),
        },
        address,
      );
    for (let count = 0; count < 60; count += 1)
      await expect(guess()).rejects.toMatchObject({ code: 'invalid' });
    await expect(guess()).rejects.toMatchObject({ code: 'rate_limited' });
  });
});

describe('one’s passkeys', () => {
  test('are renamed and revoked by their owner only', async () => {
    const ida = await person();
    const { id } = await givenPasskey(ida, { name: 'Old phone' });
    for (const attempt of [
      () => renamePasskey(bea, { passkeyId: id, name: 'Mine' }),
      () => revokePasskey(bea, { passkeyId: id }),
    ])
      await expect(attempt()).rejects.toMatchObject({ code: 'not_found' });
    await renamePasskey(ida, { passkeyId: id, name: 'New phone' });
    expect((await listPasskeys(ida)).passkeys.map((each) => each.name)).toEqual(['New phone']);
    await revokePasskey(ida, { passkeyId: id });
    expect((await listPasskeys(ida)).passkeys).toEqual([]);
    await expect(revokePasskey(ida, { passkeyId: id })).rejects.toMatchObject({ code: 'not_found' });
    const { rows } = await db().query<{ action: string }>(
      `SELECT action FROM audit_entry WHERE subject = $1 AND action LIKE 'passkey.%' ORDER BY id`,
      [`person:${ida.personId}`],
    );
    expect(rows.map((row) => row.action)).toEqual(['passkey.added', 'passkey.renamed', 'passkey.revoked']);
  });
});
