import { afterEach, expect, test, vi } from 'vitest';
import { db, transact } from '@/lib/db/pool';
import { type Envelope, envelopeOf } from '@/lib/evidence/dsse';
import { givenPerson, givenWorkspace } from '../testing/given';
import { ensureInstanceKey } from './current-key';
import { listInstanceKeys } from './list-keys';
import { rotateInstanceKey } from './rotate-key';
import { signWithInstance } from './sign';
import { verifyWithInstance } from './verify';

afterEach(async () => {
  await db().query('DELETE FROM instance_key');
});

async function signed(payload: string): Promise<Envelope> {
  return envelopeOf('text/plain', payload, [await signWithInstance(db(), 'text/plain', payload)]);
}

test('planes that start at once make one key between them, and its private half is sealed', async () => {
  await Promise.all(Array.from({ length: 8 }, () => ensureInstanceKey()));
  const { rows } = await db().query<{ id: string; sealed_private: string }>('SELECT * FROM instance_key');
  expect(rows).toHaveLength(1);
  expect(rows[0]?.sealed_private).toMatch(/^v1\./);
  const signatures = await Promise.all(Array.from({ length: 4 }, () => signed('x')));
  expect(new Set(signatures.map((envelope) => envelope.signatures[0]?.keyid))).toEqual(
    new Set([rows[0]?.id]),
  );
});

test('signing for the first time makes the key, also when several transactions do at once', async () => {
  const keys = await Promise.all(
    Array.from({ length: 6 }, () => transact((client) => signWithInstance(client, 'text/plain', 'x'))),
  );
  expect(new Set(keys.map((each) => each.keyid)).size).toBe(1);
});

test('a rotated key signs no more, and what it signed stays valid', async () => {
  const workspace = await givenWorkspace();
  const head = await givenPerson(workspace, ['head-of-ai']);
  const before = await signed('old');
  const [first] = await listInstanceKeys(head);
  const { id } = await rotateInstanceKey(head, { retiring: first?.id ?? '', reason: 'A laptop was lost.' });
  const after = await signed('new');
  expect(after.signatures[0]?.keyid).toBe(id);
  expect(before.signatures[0]?.keyid).toBe(first?.id);
  expect(await verifyWithInstance(db(), before)).toBe('valid');
  expect(await verifyWithInstance(db(), after)).toBe('valid');
  expect(await verifyWithInstance(db(), { ...after, payload: before.payload })).toBe('wrong');
  expect(await verifyWithInstance(db(), { ...after, signatures: [{ keyid: 'stranger', sig: 'AAAA' }] })).toBe(
    'none',
  );
  expect(await listInstanceKeys(head)).toMatchObject([
    { id, retiredAt: null },
    { id: first?.id, retiredAt: expect.any(String) },
  ]);
  const audit = await db().query('SELECT detail FROM audit_entry WHERE action = $1 AND workspace_id = $2', [
    'instance-key.rotated',
    workspace.id,
  ]);
  expect(audit.rows).toEqual([{ detail: { retired: first?.id, reason: 'A laptop was lost.' } }]);
});

test('two who rotate the same key retire it once, and only a head of AI may', async () => {
  const workspace = await givenWorkspace();
  const head = await givenPerson(workspace, ['head-of-ai']);
  await ensureInstanceKey();
  const retiring = (await listInstanceKeys(head))[0]?.id ?? '';
  const outcomes = await Promise.allSettled([
    rotateInstanceKey(head, { retiring, reason: 'a' }),
    rotateInstanceKey(head, { retiring, reason: 'b' }),
  ]);
  expect(outcomes.map((each) => each.status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(await listInstanceKeys(head)).toHaveLength(2);
  const auditor = await givenPerson(workspace, ['auditor']);
  await expect(rotateInstanceKey(auditor, { retiring, reason: 'c' })).rejects.toThrow(/may not/);
});

test('under another instance secret signing says what to do, and rotating mends it', async () => {
  const workspace = await givenWorkspace();
  const head = await givenPerson(workspace, ['head-of-ai']);
  const before = await signed('kept');
  const retiring = before.signatures[0]?.keyid ?? '';
  const secret = process.env.COUNTERSIGN_SECRET;
  vi.resetModules();
  process.env.COUNTERSIGN_SECRET = 'another secret of at least 32 characters';
  try {
    const other = await import('./sign');
    const pool = await import('@/lib/db/pool');
    await expect(other.signWithInstance(pool.db(), 'text/plain', 'x')).rejects.toThrow(/COUNTERSIGN_SECRET/);
    const { rotateInstanceKey: rotate } = await import('./rotate-key');
    const { id } = await rotate(head, { retiring, reason: 'The secret is lost.' });
    expect((await other.signWithInstance(pool.db(), 'text/plain', 'x')).keyid).toBe(id);
    await pool.closeDb();
  } finally {
    process.env.COUNTERSIGN_SECRET = secret;
  }
  expect(await verifyWithInstance(db(), before)).toBe('valid');
});
