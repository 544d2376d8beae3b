import { createHash, createPublicKey, verify } from 'node:crypto';
import { isoCBOR } from '@simplewebauthn/server/helpers';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Actor } from '@/lib/auth/actor';
import { db, transact } from '@/lib/db/pool';
import type { SigningMethod } from '@/lib/evidence/statement';
import { revokePasskey } from '@/lib/services/passkeys/change-passkey';
import { testPasskey } from '@/lib/services/passkeys/testing/authenticator';
import { givenPasskey, givePassword, ORIGIN, PASSWORD } from '@/lib/services/passkeys/testing/given-passkey';
import { givenKey, givenPerson, givenWorkspace } from '../testing/given';
import type { Proof } from './proof';
import { beginProof, checkProof, proofMethods } from './prove';

type PersonActor = Extract<Actor, { kind: 'person' }>;
// Read when the first service asks.
process.env.COUNTERSIGN_DEMO = 'on';

const TYPE = 'application/vnd.countersign.signature+json';
const TEXT = '{"meaning":"I approve","signedAt":"2026-11-21T15:00:00.000Z"}';
const HERE = { boundTo: 'sign G4 as grc' };

async function person(): Promise<PersonActor> {
  const made = await givenPerson(await givenWorkspace(), ['grc'], { name: 'Rasmus Lindqvist' });
  await givePassword(made);
  return made;
}
const begin = (actor: Actor, method: SigningMethod = 'password') =>
  beginProof(actor, { method, ...HERE, payloadType: TYPE, payload: TEXT });
async function byPassword(actor: Actor, password = PASSWORD): Promise<Proof> {
  return { method: 'password', challengeId: (await begin(actor)).challengeId, password };
}
async function prove(actor: Actor, proof: Proof, boundTo = HERE.boundTo) {
  const checked = await checkProof(actor, proof, { boundTo });
  return transact((client) => checked.spend(client));
}
async function refusals(actor: PersonActor): Promise<string[]> {
  const { rows } = await db().query<{ reason: string }>(
    `SELECT detail->>'reason' AS reason FROM audit_entry WHERE action = 'proof.refused' AND subject = $1 ORDER BY id`,
    [`person:${actor.personId}`],
  );
  return rows.map((row) => row.reason);
}

let rasmus: PersonActor;
beforeAll(async () => {
  rasmus = await person();
});

describe('proving by password', () => {
  test('hands back the very text that was agreed to', async () => {
    expect(await proofMethods(rasmus)).toEqual({ passkeys: [], password: true, oidc: null, demo: null });
    expect(await prove(rasmus, await byPassword(rasmus))).toEqual({
      method: 'password',
      payloadType: TYPE,
      payload: TEXT,
      passkeyId: null,
      assertion: null,
    });
  });

  test('says so when the password is wrong, in the log too, and lets the same try go on', async () => {
    const actor = await person();
    const proof = await byPassword(actor, 'wrong');
    await expect(prove(actor, proof)).rejects.toMatchObject({
      code: 'invalid',
      issues: [{ path: 'password' }],
    });
    expect(await refusals(actor)).toEqual(['wrong password']);
    await prove(actor, { ...proof, method: 'password', password: PASSWORD });
  });

  test('works once, also when two arrive together', async () => {
    const proof = await byPassword(rasmus);
    const both = await Promise.allSettled([prove(rasmus, proof), prove(rasmus, proof)]);
    expect(both.map((each) => each.status).sort()).toEqual(['fulfilled', 'rejected']);
    await expect(prove(rasmus, proof)).rejects.toMatchObject({ code: 'conflict' });
  });

  test('is still there when what it allowed was rolled back', async () => {
    const proof = await byPassword(rasmus);
    const checked = await checkProof(rasmus, proof, HERE);
    await expect(
      transact(async (client) => {
        await checked.spend(client);
        throw new Error('the process was killed here');
      }),
    ).rejects.toThrow('killed');
    await prove(rasmus, proof);
  });

  test('fits what it was begun for and nothing else', async () => {
    const proof = await byPassword(rasmus);
    await expect(prove(rasmus, proof, 'sign G5 as operator')).rejects.toMatchObject({ code: 'conflict' });
    const stranger = await person();
    await expect(prove(stranger, proof)).rejects.toMatchObject({ code: 'conflict' });
    const elsewhere: PersonActor = { ...rasmus, workspaceId: (await givenWorkspace()).id };
    await expect(prove(elsewhere, proof)).rejects.toMatchObject({ code: 'conflict' });
    await expect(
      prove(rasmus, { method: 'demo', challengeId: proof.challengeId, name: rasmus.name }),
    ).rejects.toMatchObject({ code: 'conflict' });
  });

  test('is too late after five minutes, whether it is checked or spent then', async () => {
    const age = (id: string) =>
      db().query("UPDATE auth_challenge SET expires_at = now() - interval '1 second' WHERE id = $1", [id]);
    const proof = await byPassword(rasmus);
    const checked = await checkProof(rasmus, proof, HERE);
    await age(proof.challengeId);
    await expect(transact((client) => checked.spend(client))).rejects.toMatchObject({ code: 'conflict' });
    await expect(prove(rasmus, proof)).rejects.toThrow(/longer than 5 minutes/);
  });

  test('is refused after eight wrong ones, the right one too', async () => {
    const actor = await person();
    const { challengeId } = await begin(actor);
    for (let count = 0; count < 8; count += 1)
      await expect(prove(actor, { method: 'password', challengeId, password: 'no' })).rejects.toMatchObject({
        code: 'invalid',
      });
    await expect(prove(actor, { method: 'password', challengeId, password: PASSWORD })).rejects.toMatchObject(
      { code: 'rate_limited' },
    );
    await expect(begin(actor)).rejects.toMatchObject({ code: 'rate_limited' });
  });

  test('is not open to who has none, nor to keys', async () => {
    const invited = await givenPerson(await givenWorkspace(), ['qa']);
    await expect(begin(invited)).rejects.toMatchObject({ code: 'conflict' });
    const { actor: key } = await givenKey({ id: rasmus.workspaceId }, ['read']);
    await expect(begin(key)).rejects.toMatchObject({ code: 'forbidden' });
  });
});

describe('proving by passkey', () => {
  test('has it sign the digest of the text, so that a stranger can check it with the public key alone', async () => {
    const actor = await person();
    const { id, passkey } = await givenPasskey(actor, { name: 'MacBook' });
    expect((await proofMethods(actor)).passkeys).toEqual(['MacBook']);
    const challenge = await begin(actor, 'passkey');
    if (challenge.passkey === null) throw new Error('no request');
    expect(challenge.passkey.allowCredentials?.map((each) => each.id)).toEqual([passkey.credentialId]);
    const response = passkey.answer(challenge.passkey);
    const proven = await prove(actor, { method: 'passkey', challengeId: challenge.challengeId, response });
    expect(proven).toMatchObject({ method: 'passkey', payload: TEXT, passkeyId: id });
    const { assertion } = proven;
    if (assertion === null) throw new Error('no assertion');
    const client = Buffer.from(assertion.clientDataJSON, 'base64url');
    expect(JSON.parse(client.toString())).toMatchObject({
      challenge: createHash('sha256')
        .update(`DSSEv1 ${TYPE.length} ${TYPE} ${TEXT.length} ${TEXT}`)
        .digest('base64url'),
      origin: ORIGIN,
    });
    const { rows } = await db().query<{ key: Buffer }>(
      'SELECT public_key AS key FROM passkey WHERE id = $1',
      [id],
    );
    const signed = Buffer.concat([
      Buffer.from(assertion.authenticatorData, 'base64url'),
      createHash('sha256').update(client).digest(),
    ]);
    const signature = Buffer.from(assertion.signature, 'base64url');
    expect(verify('sha256', signed, es256(rows[0]?.key ?? Buffer.alloc(0)), signature)).toBe(true);
  });

  test('refuses an answer to another text, a stranger’s passkey, and one revoked meanwhile', async () => {
    const actor = await person();
    const { id, passkey } = await givenPasskey(actor);
    const stranger = await person();
    const { passkey: theirs } = await givenPasskey(stranger);
    const other = await beginProof(actor, {
      method: 'passkey',
      ...HERE,
      payloadType: TYPE,
      payload: TEXT.replace('approve', 'decline'),
    });
    const challenge = await begin(actor, 'passkey');
    const { challengeId } = challenge;
    if (other.passkey === null || challenge.passkey === null) throw new Error('no request');
    const { passkey: request } = challenge;
    const attempt = (response: ReturnType<typeof passkey.answer>) =>
      prove(actor, { method: 'passkey', challengeId, response });
    await expect(attempt(passkey.answer(other.passkey))).rejects.toThrow(/something else/);
    await expect(attempt(theirs.answer(request))).rejects.toThrow(/somebody else/);
    await expect(attempt(testPasskey({ origin: ORIGIN }).answer(request))).rejects.toThrow(/not known/);
    await expect(attempt(passkey.answer(request, { origin: 'https://evil.example' }))).rejects.toThrow(
      /address/,
    );
    const good = passkey.answer(request);
    const bent = {
      ...good,
      response: { ...good.response, signature: passkey.answer(request).response.signature },
    };
    await expect(attempt(bent)).rejects.toThrow(/does not fit/);
    const checked = await checkProof(
      actor,
      { method: 'passkey', challengeId, response: passkey.answer(request) },
      HERE,
    );
    await revokePasskey(actor, { passkeyId: id });
    await expect(transact((client) => checked.spend(client))).rejects.toMatchObject({ code: 'conflict' });
    await expect(attempt(passkey.answer(request))).rejects.toThrow(/revoked/);
    expect(await refusals(actor)).toEqual([
      'passkey: challenge',
      'passkey: foreign',
      'passkey: unknown',
      'passkey: origin',
      'passkey: signature',
      'passkey: revoked',
    ]);
  });
});

/** An ES256 key in COSE as Node takes it. */
function es256(cose: Buffer) {
  const key = isoCBOR.decodeFirst<ReadonlyMap<number, unknown>>(new Uint8Array(cose));
  const part = (label: number) => {
    const value = key.get(label);
    if (!(value instanceof Uint8Array)) throw new Error('not a point');
    return Buffer.from(value).toString('base64url');
  };
  return createPublicKey({ key: { kty: 'EC', crv: 'P-256', x: part(-2), y: part(-3) }, format: 'jwk' });
}

describe('proving in the demo', () => {
  test('takes one’s own name, however it is typed, and no password; elsewhere no name', async () => {
    const workspace = await givenWorkspace();
    await db().query('UPDATE workspace SET is_demo = true WHERE id = $1', [workspace.id]);
    const actor = await givenPerson(workspace, ['grc'], { name: 'Rasmus Lindqvist' });
    await givePassword(actor);
    expect(await proofMethods(actor)).toMatchObject({ password: false, demo: { name: 'Rasmus Lindqvist' } });
    await expect(begin(actor, 'password')).rejects.toMatchObject({ code: 'conflict' });
    await expect(begin(rasmus, 'demo')).rejects.toMatchObject({ code: 'conflict' });
    const { challengeId } = await begin(actor, 'demo');
    await expect(prove(actor, { method: 'demo', challengeId, name: 'Somebody' })).rejects.toMatchObject({
      issues: [{ path: 'name' }],
    });
    expect(await prove(actor, { method: 'demo', challengeId, name: ' rasmus  LINDQVIST' })).toMatchObject({
      method: 'demo',
      payload: TEXT,
    });
  });
});
