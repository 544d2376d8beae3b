import { randomBytes } from 'node:crypto';
import { generateAuthenticationOptions } from '@simplewebauthn/server';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { z } from 'zod';
import { db, transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { auditOwn } from '@/lib/services/people/audit-own';
import type { SessionClaim } from '@/lib/services/people/load-session';
import { CHALLENGE_MINUTES, findChallenge, spendChallenge, storeChallenge } from './challenges';
import {
  ASSERTION_FAULTS,
  type AssertionFault,
  type CheckedAssertion,
  checkAssertion,
  usePasskey,
} from './check-assertion';
import { relyingParty } from './relying-party';
import { type AssertionRequest, assertionResponseSchema } from './responses';

const WINDOW_SECONDS = 15 * 60;
/** Challenges are rows, and the sign-in page asks for one each time it opens; many people may share an address. */
const asked = new RateLimiterMemory({ points: 600, duration: WINDOW_SECONDS });
const failures = new RateLimiterMemory({ points: 60, duration: WINDOW_SECONDS });

export const passkeySignInSchema = z.object({ challengeId: z.uuid(), response: assertionResponseSchema });

/** What the browser is asked with before anybody is known; null where there are no passkeys. Throws `rate_limited`. */
export async function beginPasskeySignIn(
  address: string,
): Promise<{ challengeId: string; request: AssertionRequest } | null> {
  const site = relyingParty();
  if (site === null) return null;
  const count = await asked.penalty(address);
  if (count.remainingPoints <= 0) throw tooMany(count.msBeforeNext);
  const challenge = randomBytes(32);
  const request = await generateAuthenticationOptions({
    rpID: site.id,
    challenge: new Uint8Array(challenge),
    userVerification: 'required',
    timeout: CHALLENGE_MINUTES * 60_000,
  });
  const { id } = await storeChallenge(db(), {
    personId: null,
    purpose: 'sign-in',
    challenge: request.challenge,
  });
  return { challengeId: id, request };
}

/**
 * The claim for a session by a passkey, in the first workspace its owner belongs to. Throws `invalid` with why the passkey
 * was refused, `conflict` for a challenge that is old or used, `rate_limited`.
 */
export async function signInWithPasskey(
  input: z.output<typeof passkeySignInSchema>,
  address: string,
): Promise<SessionClaim> {
  const used = await failures.get(address);
  if (used !== null && used.remainingPoints <= 0) throw tooMany(used.msBeforeNext);
  const stored = await findChallenge(input.challengeId, { personId: null, purpose: 'sign-in' });
  if (stored === null || stored.state !== 'open')
    throw new AppError('conflict', 'Signing in took too long. Try again.');
  const checked = await checkAssertion(input.response, { challenge: stored.challenge, personId: null });
  if (!checked.ok) {
    await failures.penalty(address);
    await record(input.response.id, checked.fault);
    throw new AppError('invalid', ASSERTION_FAULTS[checked.fault]);
  }
  return claimFor(stored.id, checked.assertion);
}

async function claimFor(challengeId: string, assertion: CheckedAssertion): Promise<SessionClaim> {
  return transact(async (client) => {
    await spendChallenge(client, challengeId);
    await usePasskey(client, assertion);
    const found = await client.query<{ workspace_id: string }>(
      `SELECT m.workspace_id FROM membership m
         JOIN person p ON p.id = m.person_id JOIN workspace w ON w.id = m.workspace_id
        WHERE p.id = $1 AND p.disabled_at IS NULL AND NOT w.is_demo ORDER BY m.created_at, w.id LIMIT 1`,
      [assertion.personId],
    );
    const [membership] = found.rows;
    if (membership === undefined)
      throw new AppError(
        'invalid',
        'The owner of this passkey is not let in: disabled, or a member of nothing.',
      );
    return {
      personId: assertion.personId,
      workspaceId: membership.workspace_id,
      via: 'passkey',
      proof: assertion.passkeyId,
    };
  });
}

/** A refused passkey that is somebody's stands in the log of their workspaces: it may be a copy, or a stolen one. */
async function record(credentialId: string, fault: AssertionFault): Promise<void> {
  const found = await db().query<{ id: string; person_id: string }>(
    'SELECT id, person_id FROM passkey WHERE credential_id = $1',
    [credentialId],
  );
  const [passkey] = found.rows;
  if (passkey === undefined) return;
  await transact((client) =>
    auditOwn(client, passkey.person_id, 'the product', {
      action: 'sign-in.refused',
      detail: { passkey: passkey.id, reason: fault },
    }),
  );
}

function tooMany(msBeforeNext: number): AppError {
  return new AppError('rate_limited', 'Too many attempts. Wait a while and try again.', {
    retryAfterSeconds: Math.max(1, Math.ceil(msBeforeNext / 1000)),
  });
}
