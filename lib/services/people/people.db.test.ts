import { beforeAll, describe, expect, test } from 'vitest';
import type { Actor } from '@/lib/auth/actor';
import { db } from '@/lib/db/pool';
import { createAnotherWorkspace } from '@/lib/services/workspaces/create-another-workspace';
import { createWorkspace } from '@/lib/services/workspaces/create-workspace';
import { listOwnWorkspaces } from '@/lib/services/workspaces/list-own-workspaces';
import { givenPerson, givenWorkspace } from '../testing/given';
import { addPerson } from './add-person';
import { changeRoles, disablePerson, enablePerson, renewPasswordLink } from './change-person';
import { listPeople } from './list-people';
import { loadSession, type SessionClaim } from './load-session';
import { makePasswordLink, readPasswordToken } from './password-link';
import { changeOwnPassword, setPasswordByLink, whoseLink } from './set-password';
import { signIn, signInToDemo } from './sign-in';
import { switchWorkspace } from './switch-workspace';

const PASSWORD = 'correct horse battery staple';
let admin: Extract<Actor, { kind: 'person' }>;
let addresses = 0;
/** A fresh address for each attempt, so that one test's failures do not count for another. */
const from = () => `192.0.2.${++addresses}`;

function tokenOf(link: string): string {
  return new URL(link).hash.slice(1);
}
async function invite(name: string, roles: Parameters<typeof addPerson>[1]['roles'] = ['operator']) {
  const email = `${name.toLowerCase()}@acme.example`;
  const added = await addPerson(admin, { name, email, roles, jobTitle: '' });
  return { ...added, link: added.link ?? '', email };
}
async function claimOf(email: string, password = PASSWORD): Promise<SessionClaim> {
  const claim = await signIn({ email, password, address: from() });
  if (claim === null) throw new Error(`${email} could not sign in.`);
  return claim;
}

beforeAll(async () => {
  const { workspaceId, personIds } = await createWorkspace({
    workspace: 'Acme Insurance',
    name: 'Ada First',
    email: 'Ada@Acme.example',
    password: PASSWORD,
    timeZone: 'Europe/Berlin',
  });
  admin = {
    kind: 'person',
    workspaceId,
    personId: personIds[0] ?? '',
    name: 'Ada First',
    roles: ['head-of-ai'],
  };
});

describe('signing in', () => {
  test('works with the password, whatever the case of the address', async () => {
    const claim = await claimOf(' ADA@acme.EXAMPLE ');
    const session = await loadSession(claim);
    expect(session?.actor).toEqual(admin);
    expect(session?.workspace).toMatchObject({
      name: 'Acme Insurance',
      timeZone: 'Europe/Berlin',
      isDemo: false,
    });
  });
  test('says the same of a wrong password and an unknown address', async () => {
    expect(await signIn({ email: 'ada@acme.example', password: 'wrong', address: from() })).toBeNull();
    expect(await signIn({ email: 'nobody@acme.example', password: 'wrong', address: from() })).toBeNull();
  });
  test('takes as long for an unknown address as for a wrong password', async () => {
    const time = async (email: string) => {
      const began = performance.now();
      await signIn({ email, password: 'wrong wrong wrong', address: from() });
      return performance.now() - began;
    };
    await time('warm@acme.example');
    // In turns, and the quickest of each: what else the machine does meets both.
    let [known, unknown] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
    for (let i = 0; i < 6; i++) {
      known = Math.min(known, await time('ada@acme.example'));
      unknown = Math.min(unknown, await time('nobody2@acme.example'));
    }
    // Without the decoy it would be about a tenth; the rest is room for a busy machine.
    expect(unknown / known).toBeGreaterThan(0.33);
    expect(unknown / known).toBeLessThan(3);
  });
  test('is refused for a while after eight failures from one address, and says when to come back', async () => {
    const address = from();
    const guess = (password: string) => signIn({ email: 'ada@acme.example', password, address });
    for (let i = 0; i < 8; i++) expect(await guess(`wrong ${i}`)).toBeNull();
    await expect(guess(PASSWORD)).rejects.toMatchObject({ code: 'rate_limited' });
    // From elsewhere the person is not locked out.
    expect(await signIn({ email: 'ada@acme.example', password: PASSWORD, address: from() })).not.toBeNull();
  });
  test('stores no password, only its argon2id hash', async () => {
    const { rows } = await db().query<{ password_hash: string }>(
      'SELECT password_hash FROM person WHERE id = $1',
      [admin.personId],
    );
    expect(rows[0]?.password_hash).toMatch(/^\$argon2id\$/);
    const { rows: everything } = await db().query<{ found: string }>(
      `SELECT detail::text AS found FROM audit_entry WHERE detail::text LIKE '%' || $1 || '%'`,
      [PASSWORD],
    );
    expect(everything).toEqual([]);
  });
});

describe('an invited person', () => {
  test('sets a password by a link that works once', async () => {
    const { link, email } = await invite('Bea');
    expect(await whoseLink(tokenOf(link))).toEqual({ name: 'Bea', email });
    expect(await setPasswordByLink(tokenOf(link), PASSWORD)).toEqual({ email });
    await claimOf(email);
    await expect(setPasswordByLink(tokenOf(link), 'another long password')).rejects.toThrow('has been used');
    await claimOf(email);
  });
  test('cannot sign in before', async () => {
    const { email } = await invite('Cem');
    for (const password of ['', 'anything at all'])
      expect(await signIn({ email, password, address: from() })).toBeNull();
  });
  test('is asked for a password that is long and not their own name', async () => {
    const { link } = await invite('Dorothea');
    for (const password of ['short', 'aaaaaaaaaaaaaaaa', 'dorothea acme'])
      await expect(setPasswordByLink(tokenOf(link), password)).rejects.toMatchObject({
        code: 'invalid',
        issues: [{ path: 'password' }],
      });
  });
  test('can be given another link; the first one used ends the others', async () => {
    const { link: first, personId, email } = await invite('Emil');
    const { link: second } = await renewPasswordLink(admin, { personId });
    await setPasswordByLink(tokenOf(second), PASSWORD);
    await expect(whoseLink(tokenOf(first))).rejects.toThrow('has been used');
    await claimOf(email);
  });
  test('with an address somebody has already is refused', async () => {
    await invite('Finn');
    await expect(invite('Finn')).rejects.toMatchObject({ issues: [{ path: 'email' }] });
  });
});

describe('a password link', () => {
  test('is worth nothing when old, forged or for somebody else', async () => {
    const { personId } = await invite('Gita');
    const old = tokenOf(makePasswordLink(personId, null, Date.now() - 4 * 86_400_000).url);
    await expect(whoseLink(old)).rejects.toThrow('too old');
    const good = tokenOf(makePasswordLink(personId, null, Date.now()).url);
    const [payload = '', mac = ''] = good.split('.');
    const other = Buffer.from(
      JSON.stringify({ personId: admin.personId, expiresAt: Date.now() + 1e6 }),
    ).toString('base64url');
    for (const forged of [
      '',
      '.',
      payload,
      `${payload}.`,
      `${other}.${mac}`,
      `${good}.x`,
      `${payload}.${mac.slice(1)}`,
    ])
      await expect(whoseLink(forged)).rejects.toMatchObject({ code: 'invalid' });
    expect(readPasswordToken(good)?.personId).toBe(personId);
  });
});

describe('roles', () => {
  test('hold from the next request on, in a session that is already open', async () => {
    const { link, personId, email } = await invite('Hugo', ['operator']);
    await setPasswordByLink(tokenOf(link), PASSWORD);
    const claim = await claimOf(email);
    await changeRoles(admin, { personId, roles: ['qa', 'sre'], jobTitle: 'Tester' });
    const session = await loadSession(claim);
    expect(session?.actor.roles).toEqual(['qa', 'sre']);
    expect(session?.person.jobTitle).toBe('Tester');
  });
  test('of the last administrator stay', async () => {
    await expect(
      changeRoles(admin, { personId: admin.personId, roles: ['operator'], jobTitle: '' }),
    ).rejects.toMatchObject({ code: 'conflict' });
  });
  test('of a later release give nothing', async () => {
    const { link, personId, email } = await invite('Ines');
    await setPasswordByLink(tokenOf(link), PASSWORD);
    await db().query(`UPDATE membership SET roles = '{emperor,auditor}' WHERE person_id = $1`, [personId]);
    expect((await loadSession(await claimOf(email)))?.actor.roles).toEqual(['auditor']);
  });
  test('are given by administrators only', async () => {
    const engineer = await givenPerson({ id: admin.workspaceId }, ['engineer']);
    const bea = await invite('Jon');
    const attempts = [
      () => addPerson(engineer, { name: 'X', email: 'x@acme.example', roles: ['qa'], jobTitle: '' }),
      () => changeRoles(engineer, { personId: engineer.personId, roles: ['head-of-ai'], jobTitle: '' }),
      () => disablePerson(engineer, { personId: bea.personId, reason: 'no' }),
      () => enablePerson(engineer, { personId: bea.personId }),
      () => renewPasswordLink(engineer, { personId: admin.personId }),
    ];
    for (const attempt of attempts) await expect(attempt()).rejects.toMatchObject({ code: 'forbidden' });
  });
});

describe('a disabled person', () => {
  test('is out at once, cannot come back, and can be let in again', async () => {
    const { link, personId, email } = await invite('Kim');
    await setPasswordByLink(tokenOf(link), PASSWORD);
    const claim = await claimOf(email);
    const { link: unused } = await renewPasswordLink(admin, { personId });
    await disablePerson(admin, { personId, reason: 'left the company' });
    expect(await loadSession(claim)).toBeNull();
    expect(await signIn({ email, password: PASSWORD, address: from() })).toBeNull();
    await expect(whoseLink(tokenOf(unused))).rejects.toMatchObject({ code: 'invalid' });
    await expect(renewPasswordLink(admin, { personId })).rejects.toMatchObject({ code: 'conflict' });
    await enablePerson(admin, { personId });
    expect(await loadSession(claim)).not.toBeNull();
  });
  test('is never oneself', async () => {
    await expect(disablePerson(admin, { personId: admin.personId, reason: 'oops' })).rejects.toMatchObject({
      code: 'conflict',
    });
  });
});

describe('changing a password', () => {
  test('ends every session opened with the former one', async () => {
    const { link, email } = await invite('Lea');
    await setPasswordByLink(tokenOf(link), PASSWORD);
    const claim = await claimOf(email);
    const session = await loadSession(claim);
    if (session === null) throw new Error('no session');
    await expect(
      changeOwnPassword(session.actor, { current: 'wrong', password: 'a new long password' }),
    ).rejects.toMatchObject({ issues: [{ path: 'current' }] });
    await changeOwnPassword(session.actor, { current: PASSWORD, password: 'a new long password' });
    expect(await loadSession(claim)).toBeNull();
    await claimOf(email, 'a new long password');
  });
});

describe('another workspace', () => {
  test('is neither seen nor changed by an administrator', async () => {
    const other = await givenWorkspace({ name: 'Other' });
    const stranger = await givenPerson(other, ['head-of-ai']);
    const theirs = await givenPerson(other, ['qa']);
    const { people } = await listPeople(admin);
    expect(people.map((person) => person.id)).not.toContain(stranger.personId);
    const attempts = [
      () => changeRoles(admin, { personId: theirs.personId, roles: ['auditor'], jobTitle: '' }),
      () => disablePerson(admin, { personId: theirs.personId, reason: 'no' }),
      () => renewPasswordLink(admin, { personId: theirs.personId }),
    ];
    for (const attempt of attempts) await expect(attempt()).rejects.toMatchObject({ code: 'not_found' });
  });
  test('cannot be claimed with a cookie that names it', async () => {
    const other = await givenWorkspace();
    const claim = await claimOf('ada@acme.example');
    expect(await loadSession({ ...claim, workspaceId: other.id })).toBeNull();
  });
});

test('without the demo nobody is signed in without a password', async () => {
  expect(await signInToDemo(admin.personId)).toBeNull();
  const claim = await claimOf('ada@acme.example');
  expect(await loadSession({ ...claim, via: 'demo', proof: '' })).toBeNull();
});

test('everything above stands in the audit log, and no secret with it', async () => {
  const { rows } = await db().query<{ action: string }>(
    'SELECT DISTINCT action FROM audit_entry WHERE workspace_id = $1 ORDER BY action',
    [admin.workspaceId],
  );
  expect(rows.map((row) => row.action)).toEqual(
    expect.arrayContaining([
      'person.added',
      'person.disabled',
      'person.enabled',
      'person.password-link-made',
      'person.password-set',
      'person.roles-changed',
      'workspace.created',
    ]),
  );
  const secrets = await db().query(
    `SELECT 1 FROM audit_entry WHERE detail::text ~ 'argon2|set-password#|a new long password'`,
  );
  expect(secrets.rowCount).toBe(0);
});

describe('somebody who belongs to several workspaces', () => {
  async function twoWorkspaces(name: string) {
    const added = await invite(name);
    await setPasswordByLink(tokenOf(added.link), PASSWORD);
    const other = await createAnotherWorkspace(admin, { name: `Beside ${name}` });
    const otherAdmin: Extract<Actor, { kind: 'person' }> = { ...admin, workspaceId: other.workspaceId };
    const again = await addPerson(otherAdmin, {
      name: 'Another name',
      email: added.email,
      roles: ['sre'],
      jobTitle: '',
    });
    return { ...added, again, otherAdmin, other };
  }

  test('comes in with the name and password they have, and switches between them', async () => {
    const { again, personId, email, otherAdmin, other } = await twoWorkspaces('Wanda');
    expect(again).toEqual({ personId, name: 'Wanda', link: null });
    const claim = await claimOf(email);
    const moved = await switchWorkspace(claim, other.workspaceId);
    if (moved === null) throw new Error('not switched');
    const session = await loadSession(moved);
    expect(session?.actor).toMatchObject({ workspaceId: other.workspaceId, roles: ['sre'] });
    expect((await listOwnWorkspaces(otherAdmin)).map((each) => each.name)).toContain('Beside Wanda');
    const foreign = await givenWorkspace();
    expect(await switchWorkspace(claim, foreign.id)).toBeNull();
  });

  test('is taken out of one workspace and stays in the other, and is not switched back', async () => {
    const { personId, email, otherAdmin, other } = await twoWorkspaces('Xenia');
    const claim = await claimOf(email);
    expect(await disablePerson(otherAdmin, { personId, reason: 'left the group' })).toBe('removed');
    expect(await loadSession(claim)).not.toBeNull();
    expect(await switchWorkspace(claim, other.workspaceId)).toBeNull();
    expect((await listPeople(otherAdmin)).people.map((each) => each.id)).not.toContain(personId);
  });

  test('gets no password link from an administrator of one of them only: it would open the others', async () => {
    const { personId } = await twoWorkspaces('Yara');
    const half = await invite('Zoe', ['head-of-ai']);
    const zoe: Actor = { ...admin, personId: half.personId, name: 'Zoe' };
    await expect(renewPasswordLink(zoe, { personId })).rejects.toMatchObject({ code: 'conflict' });
    expect((await renewPasswordLink(admin, { personId })).link).toContain('/set-password#');
  });

  test('is not added twice, and the demo’s people not at all', async () => {
    const { email, otherAdmin } = await twoWorkspaces('Vic');
    await expect(
      addPerson(otherAdmin, { name: 'Vic', email, roles: ['qa'], jobTitle: '' }),
    ).rejects.toMatchObject({ code: 'invalid' });
    await expect(createAnotherWorkspace(otherAdmin, { name: 'beside vic' })).rejects.toMatchObject({
      issues: [{ path: 'name' }],
    });
  });
});
