import type { PublicKeyCredentialRequestOptionsJSON } from '@simplewebauthn/server';
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
