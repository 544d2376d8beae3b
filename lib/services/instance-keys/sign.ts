import { sign } from 'node:crypto';
import type { PoolClient } from 'pg';
import { type EnvelopeSignature, signEnvelope } from '@/lib/evidence/dsse';
import { currentKey } from './current-key';

/**
 * The instance's signature for an envelope: Ed25519 over the payload as this type (DSSE). The key is made on first use.
 * Called inside the transaction that stores the envelope. Throws `unavailable` when the key cannot be opened.
 */
export async function signWithInstance(
  client: Pick<PoolClient, 'query'>,
  payloadType: string,
  payload: string | Uint8Array,
): Promise<EnvelopeSignature> {
  const { id, privateKey } = await currentKey(client);
  return signEnvelope(payloadType, payload, { id, sign: (bytes) => sign(null, bytes, privateKey) });
}
