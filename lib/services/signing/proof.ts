import { z } from 'zod';
import { AppError } from '@/lib/errors';
import type { SigningMethod } from '@/lib/evidence/statement';
import { type AssertionRequest, assertionResponseSchema } from '@/lib/services/passkeys/responses';

const challengeId = z.uuid();

/** What a person sends to prove, at the moment of signing, that it is them. `challengeId` comes from `beginProof`. */
export const proofSchema = z.discriminatedUnion('method', [
  z.strictObject({ method: z.literal('passkey'), challengeId, response: assertionResponseSchema }),
  z.strictObject({
    method: z.literal('password'),
    challengeId,
    password: z.string().min(1, 'Type your password.').max(1000),
  }),
  z.strictObject({ method: z.literal('oidc'), challengeId }),
  z.strictObject({
    method: z.literal('demo'),
    challengeId,
    name: z.string().min(1, 'Type your name.').max(200),
  }),
]);
export type Proof = z.output<typeof proofSchema>;

/** A proof as a browser sent it. Throws `invalid` naming the field that is missing. */
export function readProof(sent: unknown): Proof {
  const result = proofSchema.safeParse(sent);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const message = issue?.message ?? 'Confirm once more.';
  throw new AppError('invalid', message, { issues: [{ path: issue?.path.join('.') ?? '', message }] });
}

/** The ways this person has, here and now. */
export interface ProofMethods {
  /** Their passkeys for this address by name, the last used first. */
  passkeys: string[];
  password: boolean;
  /** The sign-in service, by its name on screen. */
  oidc: { name: string } | null;
  /** In the demo workspace: whose name is to be typed. */
  demo: { name: string } | null;
}

/** One try at proving; everything in it is plain JSON for the browser. */
export interface ProofChallenge {
  challengeId: string;
  method: SigningMethod;
  expiresAt: string;
  /** For a passkey: what the browser hands to it. */
  passkey: AssertionRequest | null;
  /** For a fresh login: where it starts, to be opened in a window of its own. */
  oidcUrl: string | null;
}

/** What stood the test: the very text agreed to, and for a passkey what it signed. */
export interface Proven {
  method: SigningMethod;
  payloadType: string;
  payload: string;
  passkeyId: string | null;
  /** All base64url, as the browser sent them. */
  assertion: {
    credentialId: string;
    authenticatorData: string;
    clientDataJSON: string;
    signature: string;
  } | null;
}
