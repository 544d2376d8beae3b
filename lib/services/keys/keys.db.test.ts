import { createHash } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import type { Actor } from '@/lib/auth/actor';
import { listening } from '@/lib/db/listen';
import { db } from '@/lib/db/pool';
import { type GivenWorkspace, givenAgent, givenPerson, givenWorkspace } from '../testing/given';
import { authenticateKey } from './authenticate-key';
import { createKey, newKeySchema } from './create-key';
import { listKeys } from './list-keys';
import { revokeKey } from './revoke-key';

let workspace: GivenWorkspace;
let engineer: Actor;

beforeAll(async () => {
  workspace = await givenWorkspace();
  engineer = await givenPerson(workspace, ['engineer'], { name: 'Tomas' });
});

test('a key is returned once and stored as its hash', async () => {
  const { id, secret } = await createKey(engineer, {
    name: 'Claims agent',
    scopes: ['decide', 'ingest'],
    agentId: null,
  });
  expect(secret).toMatch(/^cs_[\w-]{32}$/);
  const { rows } = await db().query<{ row: string; hash: string }>(
    'SELECT api_key::text AS row, hash FROM api_key WHERE id = $1',
    [id],
  );
  expect(rows[0]?.hash).toBe(createHash('sha256').update(secret).digest('hex'));
  expect(rows[0]?.row).not.toContain(secret);
  const audit = await db().query(`SELECT 1 FROM audit_entry WHERE detail::text LIKE '%' || $1 || '%'`, [
    secret,
  ]);
  expect(audit.rowCount).toBe(0);
  const { keys } = await listKeys(engineer);
  expect(JSON.stringify(keys)).not.toContain(secret);
  expect(keys).toMatchObject([
    { name: 'Claims agent', prefix: secret.slice(0, 10), scopes: ['ingest', 'decide'], createdBy: 'Tomas' },
  ]);
});

test('it opens the runtime plane with its scopes and its agent, until it is revoked', async () => {
  const agent = await givenAgent(workspace);
  const { id, secret } = await createKey(engineer, { name: 'Bound', scopes: ['ingest'], agentId: agent.id });
  const actor = await authenticateKey(`Bearer ${secret}`);
  expect(actor).toMatchObject({ keyId: id, scopes: ['ingest'], agentId: agent.id });
  await listening();
  await revokeKey(engineer, { id, reason: 'leaked' });
  await expect
    .poll(() =>
      authenticateKey(`Bearer ${secret}`).then(
        () => 'accepted',
        () => 'refused',
      ),
    )
    .toBe('refused');
  await expect(revokeKey(engineer, { id, reason: 'again' })).rejects.toMatchObject({ code: 'conflict' });
});

test('no two keys are alike', async () => {
  const made = await Promise.all(
    Array.from({ length: 20 }, () => createKey(engineer, { name: 'k', scopes: ['read'], agentId: null })),
  );
  expect(new Set(made.map((key) => key.secret)).size).toBe(20);
});

test('a key needs a name and a scope', () => {
  expect(
    newKeySchema.safeParse({ name: ' ', scopes: [] }).error?.issues.map((issue) => issue.message),
  ).toEqual(['What will use this key?', 'Choose at least one scope.']);
});

test('those who may not manage keys neither see, make nor revoke them', async () => {
  const operator = await givenPerson(workspace, ['operator', 'grc', 'auditor']);
  const { id } = await createKey(engineer, { name: 'Safe', scopes: ['read'], agentId: null });
  for (const attempt of [
    () => listKeys(operator),
    () => createKey(operator, { name: 'x', scopes: ['read'], agentId: null }),
    () => revokeKey(operator, { id, reason: 'x' }),
  ])
    await expect(attempt()).rejects.toMatchObject({ code: 'forbidden' });
});

test('another workspace’s keys and agents are out of reach', async () => {
  const other = await givenWorkspace();
  const stranger = await givenPerson(other, ['head-of-ai']);
  const agent = await givenAgent(other);
  const { id } = await createKey(engineer, { name: 'Ours', scopes: ['read'], agentId: null });
  await expect(revokeKey(stranger, { id, reason: 'x' })).rejects.toMatchObject({ code: 'not_found' });
  expect((await listKeys(stranger)).keys).toEqual([]);
  await expect(
    createKey(engineer, { name: 'x', scopes: ['ingest'], agentId: agent.id }),
  ).rejects.toMatchObject({ code: 'not_found', issues: [{ path: 'agentId' }] });
  await expect(revokeKey(engineer, { id: 'no-uuid', reason: 'x' })).rejects.toMatchObject({
    code: 'not_found',
  });
});
