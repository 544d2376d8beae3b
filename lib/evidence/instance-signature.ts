import type { KeyObject } from 'node:crypto';
import { type Envelope, payloadOf, verifyEd25519 } from './dsse';

/**
 * What is wrong with the instance's signatures in an envelope; null when there is one and all are right.
 *
 * @param unknown how the key of a signature is told that is not among `keys`, after "which is"
 */
export function instanceSignatureFault(
  envelope: Envelope,
  keys: ReadonlyMap<string, KeyObject>,
  unknown: string,
): { code: 'foreign-key' | 'signature'; message: string } | null {
  const ours = envelope.signatures.filter((each) => each.webauthn === undefined);
  if (ours.length === 0) return { code: 'signature', message: 'the instance did not sign it' };
  const payload = payloadOf(envelope);
  for (const signature of ours) {
    const key = keys.get(signature.keyid);
    if (key === undefined)
      return {
        code: 'foreign-key',
        message: `it is signed by ${short(signature.keyid)}, which is ${unknown}`,
      };
    if (
      Buffer.from(signature.sig, 'base64').toString('base64') !== signature.sig ||
      !verifyEd25519(key, envelope.payloadType, payload, signature)
    )
      return {
        code: 'signature',
        message: `the signature of key ${short(signature.keyid)} does not fit it`,
      };
  }
  return null;
}

/** The first digits of a digest or key, enough to tell it from others. */
export function short(digest: string): string {
  return digest.slice(0, 16);
}
