import type { PoolClient } from 'pg';
import { type Envelope, instancePublicKey, payloadOf, verifyEd25519 } from '@/lib/evidence/dsse';

/**
 * Whether the instance signed this envelope, with the key in use or any before it; `none` when no signature of it names
 * a key of this instance.
 */
export async function verifyWithInstance(
  client: Pick<PoolClient, 'query'>,
  envelope: Envelope,
): Promise<'valid' | 'wrong' | 'none'> {
  const { rows } = await client.query<{ id: string; public_key: string }>(
    'SELECT id, public_key FROM instance_key WHERE id = ANY($1::text[])',
    [envelope.signatures.map((signature) => signature.keyid)],
  );
  const ours = envelope.signatures.flatMap((signature) => {
    const key = rows.find((row) => row.id === signature.keyid);
    return key === undefined ? [] : [{ signature, key: instancePublicKey(key.public_key) }];
  });
  if (ours.length === 0) return 'none';
  const payload = payloadOf(envelope);
  return ours.every(({ signature, key }) => verifyEd25519(key, envelope.payloadType, payload, signature))
    ? 'valid'
    : 'wrong';
}
