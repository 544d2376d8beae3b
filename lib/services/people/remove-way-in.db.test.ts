import { beforeEach, expect, test } from 'vitest';
import { newId } from '@/lib/db/id';
import { db } from '@/lib/db/pool';
import { givenPasskey, givePassword } from '@/lib/services/passkeys/testing/given-passkey';
import { type GivenWorkspace, givenPerson, givenWorkspace } from '../testing/given';
import { refusal } from '../testing/refusal';
import { listPeople } from './list-people';
import { loadSession } from './load-session';
import { removeWayIn } from './remove-way-in';

let workspace: GivenWorkspace;
let admin: Awaited<ReturnType<typeof givenPerson>>;
let miriam: Awaited<ReturnType<typeof givenPerson>>;

beforeEach(async () => {
  workspace = await givenWorkspace();
  admin = await givenPerson(workspace, ['head-of-ai'], { name: 'Helena' });
  miriam = await givenPerson(workspace, ['sponsor'], { name: 'Miriam' });
  await givePassword(admin);
  await givePassword(miriam);
});

const peopleAs = async (actor: typeof admin) =>
  (await listPeople(actor)).people.find((each) => each.id === miriam.personId);
const tied = (personId: string) =>
  db().query('INSERT INTO person_identity (issuer, subject, person_id) VALUES ($1, $2, $3)', [
    'https://id.acme.example',
    newId(),
    personId,
  ]);

test('a head of AI takes a lost passkey from somebody, who is told; its session ends, and the log says why', async () => {
  const { id } = await givenPasskey(miriam, { name: 'Lost phone' });
  expect(await peopleAs(admin)).toMatchObject({ passkeys: [{ id, name: 'Lost phone' }] });
  // Nobody else reads how people sign in.
  expect(await peopleAs(miriam)).toMatchObject({ passkeys: [], hasAccount: false });
  const claim = {
    personId: miriam.personId,
    workspaceId: workspace.id,
    via: 'passkey',
    proof: id,
  } as const;
  expect(await loadSession(claim)).not.toBeNull();
  const input = { personId: miriam.personId, way: id, reason: 'Left in a taxi.' };
  expect((await refusal(removeWayIn(miriam, input))).code).toBe('forbidden');
  expect(await removeWayIn(admin, input)).toMatchObject({ name: 'Miriam', canSignIn: true });
  expect(await loadSession(claim)).toBeNull();
  expect((await refusal(removeWayIn(admin, input))).code).toBe('not_found');
  const told = await db().query('SELECT title, path FROM notification WHERE person_id = $1', [
    miriam.personId,
  ]);
  expect(told.rows).toEqual([
    { title: 'Helena removed your passkey “Lost phone”: Left in a taxi.', path: '/settings/you' },
  ]);
  const logged = await db().query(
    `SELECT actor_name AS by, detail FROM audit_entry WHERE workspace_id = $1 AND action = 'passkey.revoked'`,
    [workspace.id],
  );
  expect(logged.rows).toMatchObject([
    { by: 'Helena', detail: { name: 'Lost phone', of: 'Miriam', reason: 'Left in a taxi.' } },
  ]);
});

test('a company account is untied, so that another can be tied at the next login', async () => {
  await tied(miriam.personId);
  expect(await peopleAs(admin)).toMatchObject({ hasAccount: true });
  const input = { personId: miriam.personId, way: 'account', reason: 'New account after a merger.' } as const;
  await removeWayIn(admin, input);
  expect(await peopleAs(admin)).toMatchObject({ hasAccount: false });
  expect((await refusal(removeWayIn(admin, input))).code).toBe('not_found');
});

test('not for somebody who belongs to a workspace that one does not administer', async () => {
  await tied(miriam.personId);
  const other = await givenWorkspace();
  await db().query('INSERT INTO membership (workspace_id, person_id, roles) VALUES ($1, $2, $3)', [
    other.id,
    miriam.personId,
    ['qa'],
  ]);
  const refused = await refusal(
    removeWayIn(admin, { personId: miriam.personId, way: 'account', reason: 'New account.' }),
  );
  expect(refused).toMatchObject({ code: 'conflict' });
  expect(refused.message).toContain('they sign in there too');
});

test('not the last way in of the last who can manage people', async () => {
  const second = await givenPerson(workspace, ['head-of-ai'], { name: 'Ana' });
  await tied(second.personId);
  await db().query('UPDATE person SET password_hash = NULL WHERE id = $1', [admin.personId]);
  const input = { personId: second.personId, way: 'account', reason: 'New account.' } as const;
  expect((await refusal(removeWayIn(admin, input))).message).toContain('Nobody else who can sign in');
  await givePassword(admin);
  expect(await removeWayIn(admin, input)).toMatchObject({ canSignIn: false });
});
