import { expect, test, vi } from 'vitest';

// As `npm start` sets it, with the embedded database and no other.
vi.hoisted(() => {
  process.env.COUNTERSIGN_DEMO = 'on';
});

import { db } from '@/lib/db/pool';
import { addPerson } from '@/lib/services/people/add-person';
import { loadSession } from '@/lib/services/people/load-session';
import { signIn, signInToDemo } from '@/lib/services/people/sign-in';
import { givenPerson, givenWorkspace } from '../testing/given';
import { createDemoWorkspace } from './create-demo-workspace';
import { doors } from './first-visit';

test('the demo’s people are made once, however many visitors come at once', async () => {
  const demos = await Promise.all([createDemoWorkspace(), createDemoWorkspace(), createDemoWorkspace()]);
  expect(new Set(demos.map((demo) => demo.workspaceId)).size).toBe(1);
  const [demo] = demos;
  expect(demo?.people.map((person) => `${person.name}, ${person.roles.join()}`)).toEqual([
    'Dana Whitfield, operator',
    'Idris Kane, sre',
    'Miriam Osei, sponsor',
    'Tomas Brandt, engineer',
    'Adaeze Nwosu, qa',
    'Rasmus Lindqvist, grc',
    'Helena Marsh, head-of-ai',
    'Jonas Adeyemi, sponsor',
    'Petra Haas, sponsor',
    'Ines Falk, sme',
    'Bruno Keller, sme',
  ]);
  const versions = await db().query('SELECT 1 FROM contract_version');
  expect(versions.rowCount).toBe(1);
});

test('one acts as any of them, each with their own rights', async () => {
  const { people } = await createDemoWorkspace();
  for (const person of people) {
    const claim = await signInToDemo(person.personId);
    if (claim === null) throw new Error(`${person.name} cannot be acted as`);
    expect((await loadSession(claim))?.actor).toMatchObject({ name: person.name, roles: person.roles });
  }
});

test('none of them has a password, so none can be signed in to', async () => {
  const { rows } = await db().query<{ email: string; password_hash: string | null }>(
    'SELECT email, password_hash FROM person',
  );
  for (const { email, password_hash } of rows) {
    expect(password_hash).toBeNull();
    for (const password of ['', 'demo', 'password', email])
      expect(await signIn({ email, password, address: email })).toBeNull();
  }
});

test('a person of a real workspace on the same instance cannot be acted as', async () => {
  const workspace = await givenWorkspace();
  const real = await givenPerson(workspace, ['head-of-ai']);
  expect(await signInToDemo(real.personId)).toBeNull();
  expect(
    await loadSession({ personId: real.personId, workspaceId: workspace.id, via: 'demo', proof: '' }),
  ).toBeNull();
});

test('the demo does not stand in the way of creating one’s own workspace', async () => {
  await db().query(
    'DELETE FROM membership WHERE workspace_id IN (SELECT id FROM workspace WHERE NOT is_demo)',
  );
  await db().query('DELETE FROM workspace WHERE NOT is_demo');
  expect(await doors()).toEqual({ mayCreate: true, demo: true });
});

test('nobody real is added to the demo', async () => {
  const { workspaceId, people } = await createDemoWorkspace();
  const helena = people.find((person) => person.roles.includes('head-of-ai'));
  if (helena === undefined) throw new Error('no administrator');
  await expect(
    addPerson(
      { kind: 'person', workspaceId, ...helena },
      { name: 'Real', email: 'real@example.com', roles: ['head-of-ai'], jobTitle: '' },
    ),
  ).rejects.toMatchObject({ code: 'conflict' });
});
