/**
 * A passkey in software, for tests: answers as an authenticator and its browser do, with real keys and real signatures.
 * What it answers can be bent, as a phisher or a copied key would.
 */
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { isoCBOR } from '@simplewebauthn/server/helpers';
import type { AssertionRequest, AssertionResponse, EnrolmentRequest, EnrolmentResponse } from '../responses';

const USER_PRESENT = 0x01;
const USER_VERIFIED = 0x04;
const HAS_KEY = 0x40;

export interface TestPasskey {
  credentialId: string;
  /** As the authenticator counts; 0 for ever on those that do not count. */
  counter: number;
  make(request: EnrolmentRequest, bent?: Bent): EnrolmentResponse;
  answer(request: AssertionRequest, bent?: Bent): AssertionResponse;
}

interface Bent {
  origin?: string;
  challenge?: string;
  rpId?: string;
  /** False: touched, but no PIN or finger. */
  verified?: boolean;
}

export function testPasskey({ origin, counts = true }: { origin: string; counts?: boolean }): TestPasskey {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const id = randomBytes(32);
  const credentialId = id.toString('base64url');
  const step = counts ? 1 : 0;

  function authenticatorData(rpId: string, flags: number, counter: number, rest = Buffer.alloc(0)): Buffer {
    const head = Buffer.alloc(37);
    createHash('sha256').update(rpId).digest().copy(head);
    head.writeUInt8(flags, 32);
    head.writeUInt32BE(counter, 33);
    return Buffer.concat([head, rest]);
  }

  function clientData(type: string, challenge: string, bent: Bent): Buffer {
    return Buffer.from(
      JSON.stringify({
        type,
        challenge: bent.challenge ?? challenge,
        origin: bent.origin ?? origin,
        crossOrigin: false,
      }),
    );
  }

  function coseKey(): Uint8Array {
    const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
    return isoCBOR.encode(
      new Map<number, number | Uint8Array>([
        [1, 2],
        [3, -7],
        [-1, 1],
        [-2, new Uint8Array(Buffer.from(x, 'base64url'))],
        [-3, new Uint8Array(Buffer.from(y, 'base64url'))],
      ]),
    );
  }

  const passkey: TestPasskey = {
    credentialId,
    counter: 0,
    make(request, bent = {}) {
      const length = Buffer.alloc(2);
      length.writeUInt16BE(id.length);
      const attested = Buffer.concat([Buffer.alloc(16), length, id, coseKey()]);
      const flags = USER_PRESENT | (bent.verified === false ? 0 : USER_VERIFIED) | HAS_KEY;
      const data = authenticatorData(bent.rpId ?? request.rp.id ?? '', flags, passkey.counter, attested);
      const attestation = isoCBOR.encode(
        new Map<string, string | Uint8Array | Map<string, never>>([
          ['fmt', 'none'],
          ['attStmt', new Map<string, never>()],
          ['authData', new Uint8Array(data)],
        ]),
      );
      return {
        id: credentialId,
        rawId: credentialId,
        type: 'public-key',
        response: {
          clientDataJSON: clientData('webauthn.create', request.challenge, bent).toString('base64url'),
          attestationObject: Buffer.from(attestation).toString('base64url'),
          transports: ['internal'],
        },
      };
    },
    answer(request, bent = {}) {
      passkey.counter += step;
      const flags = USER_PRESENT | (bent.verified === false ? 0 : USER_VERIFIED);
      const data = authenticatorData(bent.rpId ?? request.rpId ?? '', flags, passkey.counter);
      const client = clientData('webauthn.get', request.challenge, bent);
      const signed = Buffer.concat([data, createHash('sha256').update(client).digest()]);
      return {
        id: credentialId,
        rawId: credentialId,
        type: 'public-key',
        response: {
          clientDataJSON: client.toString('base64url'),
          authenticatorData: data.toString('base64url'),
          signature: sign('sha256', signed, privateKey).toString('base64url'),
        },
      };
    },
  };
  return passkey;
}
