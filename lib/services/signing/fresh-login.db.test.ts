import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Actor } from '@/lib/auth/actor';
import { freePort } from '@/lib/db/embedded';
import { db, transact } from '@/lib/db/pool';
import { loadSession } from '@/lib/services/people/load-session';
import { signInByOidc } from '@/lib/services/people/sign-in-by-oidc';
import { givenPerson, givenWorkspace } from '../testing/given';
import { finishFreshLogin, freshLoginUri } from './fresh-login';
import { beginProof, checkProof, proofMethods } from './prove';
import { CookieJar, logInAt, type OidcServer, startOidcServer } from './testing/oidc-server';

type PersonActor = Extract<Actor, { kind: 'person' }>;
const HERE = { boundTo: 'sign G4 as grc' };
let server: OidcServer;
let rasmus: PersonActor;

async function person(email: string): Promise<PersonActor> {
  return givenPerson(await givenWorkspace(), ['grc'], { email });
}
const begin = (actor: Actor) =>
  beginProof(actor, { method: 'oidc', ...HERE, payloadType: 'text/plain', payload: '{"I":"approve"}' });
async function begun(actor: Actor): Promise<{ challengeId: string; url: string }> {
  const { challengeId, oidcUrl } = await begin(actor);
  if (oidcUrl === null) throw new Error('no address to log in at');
  return { challengeId, url: oidcUrl };
}
async function prove(actor: Actor, challengeId: string) {
  const checked = await checkProof(actor, { method: 'oidc', challengeId }, HERE);
  return transact((client) => checked.spend(client));
}
const linked = (email: string, sub: string) => signInByOidc({ sub, email, email_verified: true });

beforeAll(async () => {
  const port = await freePort();
  process.env.COUNTERSIGN_OIDC_ISSUER = `http://localhost:${port}`;
  process.env.COUNTERSIGN_OIDC_CLIENT_ID = 'countersign';
  process.env.COUNTERSIGN_OIDC_CLIENT_SECRET = 'a-secret-of-the-client';
  process.env.COUNTERSIGN_OIDC_NAME = 'Acme ID';
  server = await startOidcServer({ port, redirectUris: [freshLoginUri()], accounts: {} });
  rasmus = await person('rasmus@acme.example');
  await linked('rasmus@acme.example', 'rasmus');
});
afterAll(() => server.close());

describe('a fresh login before signing', () => {
  test('proves who signs, once', async () => {
    expect((await proofMethods(rasmus)).oidc).toEqual({ name: 'Acme ID' });
    const { challengeId, url } = await begun(rasmus);
    expect(Object.fromEntries(new URL(url).searchParams)).toMatchObject({
      prompt: 'login',
      max_age: '0',
      code_challenge_method: 'S256',
    });
    await expect(prove(rasmus, challengeId)).rejects.toThrow(/not finished/);
    const back = await logInAt(url, 'rasmus');
    expect(await finishFreshLogin(rasmus, back)).toEqual({ challengeId, fault: null });
    expect(await prove(rasmus, challengeId)).toMatchObject({ method: 'oidc', payload: '{"I":"approve"}' });
    await expect(prove(rasmus, challengeId)).rejects.toMatchObject({ code: 'conflict' });
  });

  test('asks again of somebody who is logged in there already', async () => {
    const jar = new CookieJar();
    const first = await begun(rasmus);
    await finishFreshLogin(rasmus, await logInAt(first.url, 'rasmus', jar));
    const second = await begun(rasmus);
    // Were it not asked for afresh, the server would answer at once; here somebody else sits down at the screen.
    expect((await finishFreshLogin(rasmus, await logInAt(second.url, 'mallory', jar))).fault).toBe('other');
    await expect(prove(rasmus, second.challengeId)).rejects.toThrow(/not finished/);
  });

  test('does not count when the login is from before, or the server does not say when it was', async () => {
    const early = await begun(rasmus);
    const back = await logInAt(early.url, 'rasmus');
    await db().query("UPDATE auth_challenge SET created_at = now() + interval '2 minutes' WHERE id = $1", [
      early.challengeId,
    ]);
    expect((await finishFreshLogin(rasmus, back)).fault).toBe('stale');
    const silent = await begun(rasmus);
    const url = new URL(silent.url);
    url.searchParams.delete('max_age');
    url.searchParams.delete('prompt');
    expect((await finishFreshLogin(rasmus, await logInAt(url.href, 'rasmus'))).fault).toBe('stale');
  });

  test('does not count for another challenge, another person, or a second time', async () => {
    const one = await begun(rasmus);
    const other = await begun(rasmus);
    const stranger = await person('stranger@acme.example');
    const back = await logInAt(one.url, 'rasmus');
    const swapped = new URL(back);
    swapped.searchParams.set('state', new URL(other.url).searchParams.get('state') ?? '');
    expect((await finishFreshLogin(rasmus, swapped)).fault).toBe('invalid');
    expect((await finishFreshLogin(stranger, back)).fault).toBe('unknown');
    const again = await begun(rasmus);
    const good = await logInAt(again.url, 'rasmus');
    expect((await finishFreshLogin(rasmus, good)).fault).toBeNull();
    expect((await finishFreshLogin(rasmus, good)).fault).toBe('unknown');
  });

  test('does not count with another nonce or state than was given out', async () => {
    const { url } = await begun(rasmus);
    const bent = new URL(url);
    bent.searchParams.set('nonce', 'another');
    expect((await finishFreshLogin(rasmus, await logInAt(bent.href, 'rasmus'))).fault).toBe('invalid');
    const { challengeId, url: next } = await begun(rasmus);
    const back = await logInAt(next, 'rasmus');
    back.searchParams.set('state', `${challengeId}.guessed`);
    expect((await finishFreshLogin(rasmus, back)).fault).toBe('invalid');
  });

  test('is told as refused when it was cancelled at the server, and stands in the log', async () => {
    const { challengeId, url } = await begun(rasmus);
    const back = new URL(freshLoginUri());
    back.searchParams.set('state', new URL(url).searchParams.get('state') ?? '');
    back.searchParams.set('error', 'access_denied');
    expect(await finishFreshLogin(rasmus, back)).toEqual({ challengeId, fault: 'refused' });
    const { rows } = await db().query<{ reason: string }>(
      `SELECT DISTINCT detail->>'reason' AS reason FROM audit_entry
        WHERE action = 'proof.refused' AND subject = $1 ORDER BY reason`,
      [`person:${rasmus.personId}`],
    );
    expect(rows.map((row) => row.reason)).toEqual(
      expect.arrayContaining(['login: invalid', 'login: other', 'login: refused', 'login: stale']),
    );
  });

  test('is not offered to who never signed in there', async () => {
    const never = await person('never@acme.example');
    expect((await proofMethods(never)).oidc).toBeNull();
    await expect(begin(never)).rejects.toMatchObject({ code: 'conflict' });
  });
});

describe('signing in at the service', () => {
  test('ties the account to the member with its verified address, once, and knows it from then on', async () => {
    const ida = await person('ida@acme.example');
    const first = await linked('Ida@Acme.example', 'ida-1');
    expect(first).toEqual({
      ok: true,
      claim: { personId: ida.personId, workspaceId: ida.workspaceId, via: 'oidc', proof: 'ida-1' },
    });
    // Her address has changed at the service since, and is not vouched for.
    const later = await signInByOidc({ sub: 'ida-1', email: 'other@acme.example', email_verified: false });
    expect(later).toEqual(first);
    if (!later.ok) throw new Error('not signed in');
    expect((await loadSession(later.claim))?.actor.personId).toBe(ida.personId);
    expect(await loadSession({ ...later.claim, proof: 'rasmus' })).toBeNull();
    await db().query('DELETE FROM person_identity WHERE subject = $1', ['ida-1']);
    expect(await loadSession(later.claim)).toBeNull();
  });

  test('two first logins at the same moment tie one account', async () => {
    await person('twice@acme.example');
    const both = await Promise.all([linked('twice@acme.example', 'tw'), linked('twice@acme.example', 'tw')]);
    expect(both.map((each) => each.ok)).toEqual([true, true]);
  });

  test('makes nobody a member, and believes no address that the service does not vouch for', async () => {
    expect(await linked('nobody@acme.example', 'n')).toEqual({ ok: false, refusal: 'not-a-member' });
    await person('kim@acme.example');
    for (const email_verified of [false, undefined])
      expect(
        await signInByOidc({
          sub: 'k',
          email: 'kim@acme.example',
          ...(email_verified === undefined ? {} : { email_verified }),
        }),
      ).toEqual({ ok: false, refusal: 'unverified' });
    expect(await signInByOidc({ sub: 'k' })).toEqual({ ok: false, refusal: 'unverified' });
  });

  test('does not open somebody’s account to whoever got their address later', async () => {
    await person('shared@acme.example');
    expect((await linked('shared@acme.example', 'before')).ok).toBe(true);
    expect(await linked('shared@acme.example', 'after')).toEqual({ ok: false, refusal: 'another-account' });
  });

  test('lets nobody in who is disabled, nor the demo’s people', async () => {
    const gone = await person('gone@acme.example');
    await linked('gone@acme.example', 'gone');
    await db().query('UPDATE person SET disabled_at = now() WHERE id = $1', [gone.personId]);
    expect(await linked('gone@acme.example', 'gone')).toEqual({ ok: false, refusal: 'disabled' });
    const workspace = await givenWorkspace();
    await db().query('UPDATE workspace SET is_demo = true WHERE id = $1', [workspace.id]);
    await givenPerson(workspace, ['grc'], { email: 'demo@acme.example' });
    expect(await linked('demo@acme.example', 'd')).toEqual({ ok: false, refusal: 'not-a-member' });
  });
});

test('while the service is down nothing is begun, and one is told so', async () => {
  const { signInService } = await import('./sign-in-service');
  await server.close();
  // As an hour later, when its discovery document is read anew.
  await expect(signInService(Date.now() + 2 * 60 * 60_000)).rejects.toMatchObject({ code: 'unavailable' });
  await expect(begin(rasmus)).rejects.toThrow(/Acme ID does not answer/);
});
