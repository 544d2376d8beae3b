import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { PoolClient } from 'pg';
import { transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { instanceKeyId } from '@/lib/evidence/dsse';
import { seal, unseal } from '@/lib/services/sealing/seal';

export interface InstanceKey {
  /** SHA-256 of the public key's SPKI, hex. */
  id: string;
  privateKey: KeyObject;
}

type Client = Pick<PoolClient, 'query'>;

/** Any number that nothing else locks by. */
const LOCK = 0x636b6579;

/** Keys that were unsealed already; which one is in use is asked each time, so that a rotation counts everywhere at once. */
const unsealed = new Map<string, KeyObject>();

/**
 * The instance's key in use, made the first time. Of several processes that start at once one makes it: the others
 * wait for its commit and read it. Throws `unavailable` when the key was sealed under another instance secret.
 */
export async function currentKey(client: Client): Promise<InstanceKey> {
  const found = await keyInUse(client);
  if (found !== null) return found;
  await lockKeys(client);
  return (await keyInUse(client)) ?? makeKey(client);
}

/** Makes sure that there is a key before anybody asks for one: at the start of a plane. */
export async function ensureInstanceKey(): Promise<void> {
  await transact(currentKey);
}

/** Until the transaction ends, nobody else makes or retires keys. */
export async function lockKeys(client: Client): Promise<void> {
  await client.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
}

/** Stores a new key as the one in use; the caller holds the lock and has retired the one before. */
export async function makeKey(client: Client): Promise<InstanceKey> {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const spki = publicKey.export({ format: 'der', type: 'spki' });
  const id = instanceKeyId(spki);
  const pkcs8 = privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64');
  await client.query(
    'INSERT INTO instance_key (id, public_key, sealed_private, created_at) VALUES ($1, $2, $3, now())',
    [id, spki.toString('base64'), seal('instance-key', pkcs8, id)],
  );
  return { id, privateKey };
}

async function keyInUse(client: Client): Promise<InstanceKey | null> {
  const { rows } = await client.query<{ id: string; sealed_private: string }>(
    'SELECT id, sealed_private FROM instance_key WHERE retired_at IS NULL ORDER BY created_at DESC LIMIT 1',
  );
  const row = rows[0];
  return row === undefined ? null : { id: row.id, privateKey: open(row.id, row.sealed_private) };
}

function open(id: string, sealed: string): KeyObject {
  const known = unsealed.get(id);
  if (known !== undefined) return known;
  let pkcs8: string;
  try {
    pkcs8 = unseal('instance-key', sealed, id);
  } catch (cause) {
    throw new AppError(
      'unavailable',
      'The instance key cannot be opened: it was sealed under another COUNTERSIGN_SECRET. ' +
        'Put the former secret back, or rotate the key in Settings, Audit log.',
      { cause },
    );
  }
  const key = createPrivateKey({ key: Buffer.from(pkcs8, 'base64'), format: 'der', type: 'pkcs8' });
  unsealed.set(id, key);
  return key;
}
