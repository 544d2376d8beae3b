import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { z } from 'zod';

/**
 * DSSE (Dead Simple Signing Envelope, v1): what is signed is not the payload but its pre-authentication encoding, which
 * binds the payload to its type, so that a signature over one kind of thing can never pass for one over another.
 */
const base64 = z.base64('Expected base64.');
const base64url = z.base64url('Expected base64url.');

/** What a passkey answers beside its signature: the assertion that the signature is over. */
const webauthnSchema = z.strictObject({
  authenticatorData: base64url,
  clientDataJSON: base64url,
});

export const envelopeSignatureSchema = z.strictObject({
  /** The id of an instance key, or `passkey:` and a credential id. */
  keyid: z.string().min(1).max(2000),
  sig: base64.max(4000),
  webauthn: webauthnSchema.optional(),
});

export const envelopeSchema = z.strictObject({
  /** Standard base64, with padding. */
  payload: base64,
  payloadType: z.string().min(1).max(200),
  signatures: z.array(envelopeSignatureSchema).min(1).max(20),
});

export type EnvelopeSignature = z.output<typeof envelopeSignatureSchema>;
export type Envelope = z.output<typeof envelopeSchema>;

/** Marks the signatures of people's passkeys among those of an envelope; the rest of the key id is the credential's id. */
export const PASSKEY_PREFIX = 'passkey:';

/** `DSSEv1 <length of type> <type> <length of payload> <payload>`: the bytes that every signature of an envelope is over. */
export function pae(payloadType: string, payload: string | Uint8Array): Buffer {
  const body = Buffer.from(payload);
  return Buffer.concat([
    Buffer.from(`DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${body.length} `),
    body,
  ]);
}

/** What a passkey signs as its challenge: SHA-256 of the pre-authentication encoding, in base64url as browsers take it. */
export function passkeyChallenge(payloadType: string, payload: string | Uint8Array): string {
  return createHash('sha256').update(pae(payloadType, payload)).digest('base64url');
}

/** A signature in an envelope, by whatever holds the key: `sign` gets the pre-authentication encoding. */
export function signEnvelope(
  payloadType: string,
  payload: string | Uint8Array,
  key: { id: string; sign: (bytes: Uint8Array) => Uint8Array },
): EnvelopeSignature {
  const sig = key.sign(pae(payloadType, payload));
  return { keyid: key.id, sig: Buffer.from(sig).toString('base64') };
}

export function envelopeOf(
  payloadType: string,
  payload: string | Uint8Array,
  signatures: readonly EnvelopeSignature[],
): Envelope {
  return { payload: Buffer.from(payload).toString('base64'), payloadType, signatures: [...signatures] };
}

/** The bytes that were signed. */
export function payloadOf(envelope: Pick<Envelope, 'payload'>): Buffer {
  return Buffer.from(envelope.payload, 'base64');
}

/** Whether `sig` is the Ed25519 signature of this key over the payload as this type. Never throws on what is signed. */
export function verifyEd25519(
  publicKey: KeyObject,
  payloadType: string,
  payload: string | Uint8Array,
  signature: Pick<EnvelopeSignature, 'sig'>,
): boolean {
  if (publicKey.asymmetricKeyType !== 'ed25519') return false;
  return verify(null, pae(payloadType, payload), publicKey, Buffer.from(signature.sig, 'base64'));
}

/** An instance's public key as stored and exported: SPKI in base64. Throws for what is not an Ed25519 key. */
export function instancePublicKey(spkiBase64: string): KeyObject {
  const key = createPublicKey({ key: Buffer.from(spkiBase64, 'base64'), format: 'der', type: 'spki' });
  if (key.asymmetricKeyType !== 'ed25519') throw new TypeError('This is not an Ed25519 public key.');
  return key;
}

/** The id of an instance key: SHA-256 of its public key's SPKI, hex. */
export function instanceKeyId(spki: Uint8Array): string {
  return createHash('sha256').update(spki).digest('hex');
}
