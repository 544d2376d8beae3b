import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { z } from 'zod';
import { type EnvelopeSignature, passkeyChallenge } from './dsse';

/** A passkey's public key as it was registered. */
export interface PasskeyKey {
  /** The COSE key. */
  publicKey: Uint8Array;
  /** The relying party: the dashboard's host name. */
  rpId: string;
}

const clientDataSchema = z.looseObject({ type: z.string(), challenge: z.string(), origin: z.string() });

const USER_PRESENT = 0x01;

/**
 * Whether a passkey signed this payload as this type: its assertion answers the challenge made of both, for this relying
 * party, with somebody present. Answers what is wrong in a sentence, or null.
 */
export function passkeyFault(
  key: PasskeyKey,
  payloadType: string,
  payload: Uint8Array,
  signature: EnvelopeSignature,
): string | null {
  if (signature.webauthn === undefined) return 'the assertion is missing beside its signature';
  const authenticatorData = Buffer.from(signature.webauthn.authenticatorData, 'base64url');
  const clientData = Buffer.from(signature.webauthn.clientDataJSON, 'base64url');
  const read = readClientData(clientData);
  if (read === null) return 'what the browser says of it cannot be read';
  if (read.type !== 'webauthn.get') return `it was made for "${read.type}", not to sign in or to sign`;
  if (read.challenge !== passkeyChallenge(payloadType, payload))
    return 'it answers the challenge of something else';
  if (!isOf(read.origin, key.rpId)) return `it was made at ${read.origin}, not at ${key.rpId}`;
  const rpIdHash = createHash('sha256').update(key.rpId).digest();
  if (authenticatorData.length < 37 || !authenticatorData.subarray(0, 32).equals(rpIdHash))
    return `its authenticator made it for another site than ${key.rpId}`;
  if (((authenticatorData[32] ?? 0) & USER_PRESENT) === 0) return 'nobody was present at the authenticator';
  const signed = Buffer.concat([authenticatorData, createHash('sha256').update(clientData).digest()]);
  let publicKey: KeyObject;
  try {
    publicKey = coseKey(key.publicKey);
  } catch {
    return 'its public key is of a kind that is not known';
  }
  const algorithm = publicKey.asymmetricKeyType === 'ed25519' ? null : 'sha256';
  return verify(algorithm, signed, publicKey, Buffer.from(signature.sig, 'base64'))
    ? null
    : 'it does not fit the public key';
}

function readClientData(bytes: Buffer): z.output<typeof clientDataSchema> | null {
  try {
    return clientDataSchema.parse(JSON.parse(bytes.toString('utf8')));
  } catch {
    return null;
  }
}

function isOf(origin: string, rpId: string): boolean {
  if (!URL.canParse(origin)) return false;
  const host = new URL(origin).hostname;
  return host === rpId || host.endsWith(`.${rpId}`);
}

/** A COSE key (RFC 9053) of ES256, RS256 or EdDSA as Node knows it. Throws for any other. */
export function coseKey(bytes: Uint8Array): KeyObject {
  const map = readIntegerMap(Buffer.from(bytes));
  const bytesAt = (label: number) => {
    const value = map.get(label);
    if (!Buffer.isBuffer(value)) throw new TypeError(`The COSE key lacks parameter ${label}.`);
    return value.toString('base64url');
  };
  const [kind, algorithm, curve] = [map.get(1), map.get(3), map.get(-1)];
  if (kind === 2 && algorithm === -7 && curve === 1)
    return createPublicKey({
      format: 'jwk',
      key: { kty: 'EC', crv: 'P-256', x: bytesAt(-2), y: bytesAt(-3) },
    });
  if (kind === 1 && algorithm === -8 && curve === 6)
    return createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x: bytesAt(-2) } });
  if (kind === 3 && algorithm === -257)
    return createPublicKey({ format: 'jwk', key: { kty: 'RSA', n: bytesAt(-1), e: bytesAt(-2) } });
  throw new TypeError('This COSE key is of no kind that passkeys of this product use.');
}

/** The little of CBOR that a COSE key is: a map from integers to integers and byte strings. */
function readIntegerMap(bytes: Buffer): Map<number, number | Buffer> {
  let at = 0;
  const head = (): { major: number; value: number } => {
    const first = bytes.readUInt8(at);
    at += 1;
    const [major, low] = [first >> 5, first & 0x1f];
    if (low < 24) return { major, value: low };
    const width = low === 24 ? 1 : low === 25 ? 2 : low === 26 ? 4 : 0;
    if (width === 0) throw new TypeError('This length has no place in a COSE key.');
    const value = bytes.readUIntBE(at, width);
    at += width;
    return { major, value };
  };
  const item = (): number | Buffer => {
    const { major, value } = head();
    if (major === 0) return value;
    if (major === 1) return -1 - value;
    if (major !== 2 || at + value > bytes.length) throw new TypeError('This is no COSE key of a passkey.');
    at += value;
    return bytes.subarray(at - value, at);
  };
  const { major, value: pairs } = head();
  if (major !== 5) throw new TypeError('A COSE key is a map.');
  const map = new Map<number, number | Buffer>();
  for (let pair = 0; pair < pairs; pair += 1) {
    const label = item();
    if (typeof label !== 'number') throw new TypeError('A COSE key names its parameters by numbers.');
    map.set(label, item());
  }
  return map;
}
