import {
  authorizationCodeGrant,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from 'openid-client';
import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { config } from '@/lib/config';
import { db } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { appendAlone } from '@/lib/services/audit/append-alone';
import { findChallenge, type StoredChallenge } from '@/lib/services/passkeys/challenges';
import { signInService } from './sign-in-service';

/**
 * A fresh login at the sign-in service, to prove who is signing: asked for with `prompt=login` and `max_age=0`, and
 * believed only when the service says that the same subject logged in after the challenge was made.
 */
const pendingSchema = z.object({
  login: z.object({ state: z.string(), nonce: z.string(), verifier: z.string() }),
});
const doneSchema = z.object({ loggedIn: z.object({ subject: z.string(), at: z.iso.datetime() }) });

/** How far the service's clock and the database's may be apart. */
const SKEW_SECONDS = 30;

/** Where the service sends the browser back to; it must be registered there. */
export function freshLoginUri(): string {
  return `${config().dashboardUrl}/api/signing/login`;
}

/** The login to be kept with a challenge, and the address it starts at. Throws `unavailable`. */
export async function beginFreshLogin(): Promise<{
  detail: z.output<typeof pendingSchema>;
  urlFor: (challengeId: string) => string;
}> {
  const { service } = await signInService();
  const login = { state: randomState(), nonce: randomNonce(), verifier: randomPKCECodeVerifier() };
  const challenge = await calculatePKCECodeChallenge(login.verifier);
  return {
    detail: { login },
    urlFor: (challengeId) =>
      buildAuthorizationUrl(service, {
        redirect_uri: freshLoginUri(),
        response_type: 'code',
        scope: 'openid',
        state: `${challengeId}.${login.state}`,
        nonce: login.nonce,
        code_challenge: challenge,
        code_challenge_method: 'S256',
        prompt: 'login',
        max_age: '0',
      }).href,
  };
}

/** Why a login does not count, as the person reads it in the window that stays. */
export const LOGIN_FAULTS = {
  unavailable: 'The sign-in service or our database did not answer. Confirm once more.',
  unknown: 'This login was begun by somebody else, or too long ago. Confirm once more.',
  refused: 'The login was cancelled or refused.',
  invalid: 'The answer of the sign-in service does not fit. Confirm once more.',
  other: 'You logged in as somebody else than you are here. Log in with your own account.',
  stale: 'The sign-in service did not ask you to log in afresh, or does not say when you did.',
} as const;
export type LoginFault = keyof typeof LOGIN_FAULTS;

/**
 * Takes the browser that comes back from the service. Answers the challenge that is now proven, or why not; a login that
 * does not count stands in the audit log.
 */
export async function finishFreshLogin(
  actor: Actor,
  answer: URL,
): Promise<{ challengeId: string | null; fault: LoginFault | null }> {
  authorize(actor, 'self.manage', { workspaceId: actor.workspaceId });
  if (actor.kind !== 'person') throw new AppError('forbidden', 'Only people log in.');
  const id = z.uuid().safeParse(answer.searchParams.get('state')?.split('.')[0]);
  const stored = id.success
    ? await findChallenge(id.data, { personId: actor.personId, purpose: 'sign' })
    : null;
  if (stored === null || stored.state !== 'open')
    return { challengeId: id.success ? id.data : null, fault: 'unknown' };
  const fault = await judged(actor.personId, stored, answer).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'unavailable') return 'unavailable' as const;
    throw error;
  });
  if (fault !== null && fault !== 'unavailable')
    await appendAlone({
      workspaceId: actor.workspaceId,
      actor,
      action: 'proof.refused',
      subject: `person:${actor.personId}`,
      detail: { method: 'oidc', reason: `login: ${fault}`, for: stored.boundTo },
    });
  return { challengeId: stored.id, fault };
}

async function judged(personId: string, stored: StoredChallenge, answer: URL): Promise<LoginFault | null> {
  const pending = pendingSchema.safeParse(stored.detail);
  if (!pending.success) return 'unknown';
  if (answer.searchParams.has('error')) return 'refused';
  const { service, oidc } = await signInService();
  const { login } = pending.data;
  // The address as the service knows it, whatever a proxy made of it.
  const current = new URL(freshLoginUri());
  current.search = answer.search;
  const tokens = await authorizationCodeGrant(service, current, {
    expectedState: `${stored.id}.${login.state}`,
    expectedNonce: login.nonce,
    pkceCodeVerifier: login.verifier,
    idTokenExpected: true,
  }).catch((cause: unknown) => {
    console.error(
      'A fresh login failed at the sign-in service:',
      cause instanceof Error ? cause.message : cause,
    );
    return null;
  });
  const claims = tokens?.claims();
  if (claims === undefined) return 'invalid';
  const begun = stored.createdAt.getTime() / 1000 - SKEW_SECONDS;
  if (claims.auth_time === undefined || claims.auth_time < begun || claims.iat < begun) return 'stale';
  const linked = await db().query(
    'SELECT 1 FROM person_identity WHERE issuer = $1 AND subject = $2 AND person_id = $3',
    [oidc.issuer, claims.sub, personId],
  );
  if (linked.rowCount === 0) return 'other';
  // What is sent back a second time finds no login to finish.
  const kept = await db().query(
    `UPDATE auth_challenge SET detail = (detail - 'login') || $2
      WHERE id = $1 AND used_at IS NULL AND detail ? 'login'`,
    [
      stored.id,
      JSON.stringify({
        loggedIn: { subject: claims.sub, at: new Date(claims.auth_time * 1000).toISOString() },
      }),
    ],
  );
  return kept.rowCount === 0 ? 'unknown' : null;
}

/** Whether the challenge was answered by a login that counted. */
export function loggedInFor(stored: StoredChallenge): boolean {
  return doneSchema.safeParse(stored.detail).success;
}
