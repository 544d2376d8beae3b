import { expect, test } from 'vitest';
import { db } from '@/lib/db/pool';
import { contractInForce } from '@/lib/services/contracts/contract-in-force';
import { givenPerson, givenWorkspace } from '../testing/given';
import { changeWorkspace, workspaceSchema } from './change-workspace';
import { createDemoWorkspace, findDemoWorkspace } from './create-demo-workspace';
import { createWorkspace } from './create-workspace';
import { doors } from './first-visit';
import { getShell } from './get-shell';
import { slugOf } from './open-workspace';

const FIRST = {
  workspace: 'Zürich & Söhne AG',
  name: 'Ada First',
  email: 'ada@zurich.example',
  password: 'correct horse battery staple',
  timeZone: 'Europe/Zurich',
};

test('on an instance with its own database there is no demo, whoever asks', async () => {
  expect(await doors()).toEqual({ mayCreate: true, demo: false });
  await expect(createDemoWorkspace()).rejects.toMatchObject({ code: 'forbidden' });
  expect(await findDemoWorkspace()).toBeNull();
  const found = await db().query('SELECT 1 FROM workspace');
  expect(found.rowCount).toBe(0);
});

test('the first form says which fields are at fault and creates nothing', async () => {
  await expect(createWorkspace({ ...FIRST, workspace: ' ', email: 'not an address' })).rejects.toMatchObject({
    code: 'invalid',
    issues: [{ path: 'workspace' }, { path: 'email' }],
  });
  await expect(createWorkspace({ ...FIRST, password: 'too short' })).rejects.toMatchObject({
    issues: [{ path: 'password' }],
  });
  expect((await doors()).mayCreate).toBe(true);
});

test('of two first visitors at once, one becomes the administrator', async () => {
  const attempts = await Promise.allSettled([
    createWorkspace(FIRST),
    createWorkspace({ ...FIRST, workspace: 'Other', email: 'eve@other.example' }),
  ]);
  expect(attempts.map((attempt) => attempt.status).sort()).toEqual(['fulfilled', 'rejected']);
  expect((await doors()).mayCreate).toBe(false);
  await expect(createWorkspace({ ...FIRST, email: 'third@other.example' })).rejects.toMatchObject({
    code: 'conflict',
  });
});

test('a new workspace has its defaults in force, answered for by its administrator', async () => {
  const { rows } = await db().query<{ id: string; email: string }>(
    `SELECT w.id, p.email FROM workspace w JOIN membership m ON m.workspace_id = w.id JOIN person p ON p.id = m.person_id`,
  );
  const [workspace] = rows;
  if (workspace === undefined) throw new Error('no workspace');
  const defaults = await contractInForce(workspace.id, null);
  expect(defaults?.number).toBe(1);
  expect(defaults?.contract.identity.owner).toBe(workspace.email);
});

test('names become slugs that fit a URL', () => {
  expect(slugOf('Zürich & Söhne AG')).toBe('zurich-sohne-ag');
  expect(slugOf('株式会社')).toBe('workspace');
});

test('only an administrator renames the workspace or moves its clock', async () => {
  const workspace = await givenWorkspace();
  const admin = await givenPerson(workspace, ['head-of-ai']);
  const operator = await givenPerson(workspace, ['operator']);
  await expect(changeWorkspace(operator, { name: 'Mine', timeZone: 'UTC' })).rejects.toMatchObject({
    code: 'forbidden',
  });
  await changeWorkspace(admin, { name: 'Renamed', timeZone: 'Asia/Tokyo' });
  const { rows } = await db().query('SELECT name, time_zone FROM workspace WHERE id = $1', [workspace.id]);
  expect(rows).toEqual([{ name: 'Renamed', time_zone: 'Asia/Tokyo' }]);
});

test('the rail counts what is in one’s own workspace only', async () => {
  const workspace = await givenWorkspace();
  const other = await givenWorkspace();
  const operator = await givenPerson(workspace, ['operator']);
  for (const id of [workspace.id, other.id, other.id])
    await db().query(
      `INSERT INTO agent (id, workspace_id, name, display_name) VALUES (gen_random_uuid(), $1, gen_random_uuid()::text, 'A')`,
      [id],
    );
  expect(await getShell(operator)).toEqual({
    agents: 1,
    openIncidents: 0,
    waiting: 0,
    waitingReviews: 0,
    unread: [],
    unreadCount: 0,
  });
});

test('a zone that the database does not know is refused before it could keep runs from being written', async () => {
  const workspace = await givenWorkspace();
  const admin = await givenPerson(workspace, ['head-of-ai']);
  // Node knows it, PostgreSQL does not.
  const timeZone = 'SystemV/AST4';
  expect(workspaceSchema.safeParse({ name: 'Acme', timeZone }).success).toBe(true);
  await expect(changeWorkspace(admin, { name: 'Acme', timeZone })).rejects.toMatchObject({
    code: 'invalid',
    issues: [{ path: 'timeZone' }],
  });
});

test('moving the clock while runs cannot be held says so and changes nothing', async () => {
  const workspace = await givenWorkspace();
  const admin = await givenPerson(workspace, ['head-of-ai']);
  const writer = await db().connect();
  await writer.query('BEGIN; LOCK TABLE run IN ROW EXCLUSIVE MODE');
  try {
    await expect(changeWorkspace(admin, { name: 'New', timeZone: 'Asia/Tokyo' })).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('Nothing was changed'),
    });
    await changeWorkspace(admin, { name: 'New', timeZone: 'UTC' });
  } finally {
    await writer.query('ROLLBACK');
    writer.release();
  }
  const { rows } = await db().query('SELECT name, time_zone FROM workspace WHERE id = $1', [workspace.id]);
  expect(rows).toEqual([{ name: 'New', time_zone: 'UTC' }]);
});
