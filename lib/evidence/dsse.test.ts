import { generateKeyPairSync, sign } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  envelopeOf,
  envelopeSchema,
  instanceKeyId,
  instancePublicKey,
  pae,
  passkeyChallenge,
  payloadOf,
  signEnvelope,
  verifyEd25519,
} from './dsse';

const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const spki = publicKey.export({ format: 'der', type: 'spki' });
const key = { id: instanceKeyId(spki), sign: (bytes: Uint8Array) => sign(null, bytes, privateKey) };

describe('a DSSE envelope', () => {
  it('encodes what is signed as the specification does', () => {
    expect(pae('http://example.com/HelloWorld', 'hello world').toString()).toBe(
      'DSSEv1 29 http://example.com/HelloWorld 11 hello world',
    );
    // Lengths are of bytes, not of characters.
    expect(pae('é', '€').toString()).toBe('DSSEv1 2 é 3 €');
  });

  it('verifies with its key, its type and its payload, and with nothing else', () => {
    const other = generateKeyPairSync('ed25519').publicKey;
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(), (payload, at) => {
        const signature = signEnvelope('text/plain', payload, key);
        const envelope = envelopeSchema.parse(envelopeOf('text/plain', payload, [signature]));
        expect(payloadOf(envelope)).toEqual(Buffer.from(payload));
        const stored = instancePublicKey(spki.toString('base64'));
        expect(verifyEd25519(stored, 'text/plain', payload, signature)).toBe(true);
        expect(verifyEd25519(other, 'text/plain', payload, signature)).toBe(false);
        expect(verifyEd25519(stored, 'text/html', payload, signature)).toBe(false);
        if (payload.length === 0) return;
        const changed = Uint8Array.from(payload);
        changed[at % payload.length] = (changed[at % payload.length] ?? 0) ^ 1;
        expect(verifyEd25519(stored, 'text/plain', changed, signature)).toBe(false);
      }),
      { numRuns: 100 },
    );
  });

  it('takes a broken or foreign signature for wrong, not for a failure', () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey;
    expect(verifyEd25519(publicKey, 'a', 'b', { sig: '' })).toBe(false);
    expect(verifyEd25519(publicKey, 'a', 'b', { sig: 'AAAA' })).toBe(false);
    expect(verifyEd25519(rsa, 'a', 'b', signEnvelope('a', 'b', key))).toBe(false);
    expect(() => instancePublicKey(rsa.export({ format: 'der', type: 'spki' }).toString('base64'))).toThrow(
      TypeError,
    );
  });

  it('gives passkeys a challenge that is bound to type and payload', () => {
    expect(passkeyChallenge('a', 'b')).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(passkeyChallenge('a', 'b')).not.toBe(passkeyChallenge('b', 'a'));
  });
});
