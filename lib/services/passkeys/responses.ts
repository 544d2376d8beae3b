import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/server';
import { z } from 'zod';

/** What browsers answer for a passkey, in the JSON of WebAuthn level 3. What is not read here is left out. */
const bytes = (max: number) => z.base64url('Expected base64url.').min(1).max(max);
const credentialId = bytes(1400);

export const assertionResponseSchema = z.object({
  id: credentialId,
  rawId: credentialId,
  type: z.literal('public-key'),
  response: z.object({
    clientDataJSON: bytes(8000),
    authenticatorData: bytes(8000),
    signature: bytes(8000),
  }),
});
export type AssertionResponse = z.output<typeof assertionResponseSchema>;

/** What a browser is asked for an assertion with. */
export type AssertionRequest = PublicKeyCredentialRequestOptionsJSON;

export const enrolmentResponseSchema = z.object({
  id: credentialId,
  rawId: credentialId,
  type: z.literal('public-key'),
  response: z.object({
    clientDataJSON: bytes(8000),
    attestationObject: bytes(40_000),
    transports: z.array(z.string().max(40)).max(10),
  }),
});
export type EnrolmentResponse = z.output<typeof enrolmentResponseSchema>;

/** What a browser is asked for a new passkey with. */
export type EnrolmentRequest = PublicKeyCredentialCreationOptionsJSON;
