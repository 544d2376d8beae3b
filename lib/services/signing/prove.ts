import { randomBytes } from 'node:crypto';
import { generateAuthenticationOptions } from '@simplewebauthn/server';
import type { PoolClient } from 'pg';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { config } from '@/lib/config';
import { db } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { passkeyChallenge } from '@/lib/evidence/dsse';
import { SIGNING_METHODS, type SigningMethod } from '@/lib/evidence/statement';
import { appendAlone } from '@/lib/services/audit/append-alone';
import {
  CHALLENGE_MINUTES,
  findChallenge,
  type StoredChallenge,
  spendChallenge,
  storeChallenge,
} from '@/lib/services/passkeys/challenges';
import { ASSERTION_FAULTS, checkAssertion, usePasskey } from '@/lib/services/passkeys/check-assertion';
import { relyingParty } from '@/lib/services/passkeys/relying-party';
import { isPassword } from '@/lib/services/people/password';
import { beginFreshLogin, loggedInFor } from './fresh-login';
import type { Proof, ProofChallenge, ProofMethods, Proven } from './proof';

/**
 * Re-authentication at the moment of signing. `beginProof` fixes the very text that is agreed to; `checkProof` finds out,
 * outside any transaction, whether the answer is that person's; `spend`, inside the transaction of what it allows, uses it
 * up. A proof fits one person, one workspace, one text and one use, for five minutes.
 */
type PersonActor = Extract<Actor, { kind: 'person' }>;

const WINDOW_SECONDS = 15 * 60;
/** Answers that were wrong. */
const failures = new RateLimiterMemory({ points: 8, duration: WINDOW_SECONDS });
/** Tries that were begun: each is a row. */
const begun = new RateLimiterMemory({ points: 60, duration: WINDOW_SECONDS });

const detailSchema = z.object({
  workspaceId: z.uuid(),
  method: z.enum(SIGNING_METHODS),
  payloadType: z.string(),
  payload: z.string(),
});

function asPerson(actor: Actor): PersonActor {
  authorize(actor, 'self.manage', { workspaceId: actor.workspaceId });
  if (actor.kind !== 'person') throw new AppError('forbidden', 'Only people can sign.');
  return actor;
}

interface Means {
  passwordHash: string | null;
  isDemo: boolean;
  /** They have signed in by the sign-in service before. */
  isLinked: boolean;
  passkeys: { id: string; name: string; transports: string[] }[];
}

async function meansOf(actor: PersonActor): Promise<Means> {
  const found = await db().query<Means>(
    `SELECT p.password_hash AS "passwordHash", w.is_demo AS "isDemo",
            EXISTS (SELECT FROM person_identity i WHERE i.person_id = p.id AND i.issuer = $4) AS "isLinked",
            coalesce((SELECT jsonb_agg(jsonb_build_object('id', k.credential_id, 'name', k.name, 'transports', k.transports)
                                       ORDER BY k.last_used_at DESC NULLS LAST)
                        FROM passkey k
                       WHERE k.person_id = p.id AND k.revoked_at IS NULL AND k.rp_id = $3), '[]') AS passkeys
       FROM person p JOIN workspace w ON w.id = $2 WHERE p.id = $1`,
    [actor.personId, actor.workspaceId, relyingParty()?.id ?? '', config().oidc?.issuer ?? ''],
  );
  const [means] = found.rows;
  if (means === undefined) throw new AppError('not_found', 'There is no such person in this workspace.');
  return means;
}

function methodsFrom(actor: PersonActor, means: Means): ProofMethods {
  const { oidc } = config();
  return {
    passkeys: means.passkeys.map((each) => each.name),
    password: !means.isDemo && means.passwordHash !== null,
    oidc: oidc !== null && means.isLinked && !means.isDemo ? { name: oidc.name } : null,
    demo: means.isDemo && config().demo ? { name: actor.name } : null,
  };
}

/** The ways the actor can prove who they are. */
export async function proofMethods(actor: Actor): Promise<ProofMethods> {
  const person = asPerson(actor);
  return methodsFrom(person, await meansOf(person));
}

function offers(methods: ProofMethods, method: SigningMethod): boolean {
  if (method === 'passkey') return methods.passkeys.length > 0;
  if (method === 'password') return methods.password;
  return methods[method] !== null;
}

/**
 * Begins a proof. `payload` is the exact text agreed to, with the method and the time in it; a passkey signs the SHA-256
 * of its DSSE pre-authentication encoding. `boundTo` (at most 200 characters) says what the proof is for and must be the
 * same when it is checked. Throws `conflict` for a way the person does not have, `rate_limited`.
 */
export async function beginProof(
  actor: Actor,
  input: { method: SigningMethod; boundTo: string; payloadType: string; payload: string },
): Promise<ProofChallenge> {
  const person = asPerson(actor);
  const { method, payloadType, payload } = input;
  await refuseTooMany(failures, person.personId);
  const count = await begun.penalty(person.personId);
  if (count.remainingPoints <= 0) throw tooMany(count.msBeforeNext);
  const means = await meansOf(person);
  if (!offers(methodsFrom(person, means), method))
    throw new AppError('conflict', 'You cannot confirm in this way here. Choose another.');
  const challenge =
    method === 'passkey' ? passkeyChallenge(payloadType, payload) : randomBytes(32).toString('base64url');
  const login = method === 'oidc' ? await beginFreshLogin() : null;
  const { id, expiresAt } = await storeChallenge(db(), {
    personId: person.personId,
    purpose: 'sign',
    challenge,
    boundTo: input.boundTo,
    detail: { workspaceId: person.workspaceId, method, payloadType, payload, ...login?.detail },
  });
  return {
    challengeId: id,
    method,
    expiresAt,
    passkey: method === 'passkey' ? await assertionRequest(challenge, means.passkeys) : null,
    oidcUrl: login?.urlFor(id) ?? null,
  };
}

async function assertionRequest(challenge: string, passkeys: Means['passkeys']) {
  return generateAuthenticationOptions({
    rpID: relyingParty()?.id ?? '',
    challenge: new Uint8Array(Buffer.from(challenge, 'base64url')),
    allowCredentials: passkeys.map(({ id, transports }) => ({ id, transports })),
    userVerification: 'required',
    timeout: CHALLENGE_MINUTES * 60_000,
  });
}

/** An answer that stood the test and can be used once. */
export interface CheckedProof {
  /**
   * Uses the proof up, in the transaction of what it allows, and says what was agreed to. Throws `conflict` when it was
   * used meanwhile or is too old.
   */
  spend(client: Pick<PoolClient, 'query'>): Promise<Proven>;
}

/**
 * Whether `proof` is the actor's, for what `boundTo` names. Call it before the transaction and `spend` within. Throws
 * `invalid` for a wrong answer, `conflict` for one that is too old, used or for something else, `rate_limited` after eight
 * wrong ones in a quarter of an hour. Every refusal stands in the audit log.
 */
export async function checkProof(
  actor: Actor,
  proof: Proof,
  expected: { boundTo: string },
): Promise<CheckedProof> {
  const person = asPerson(actor);
  await refuseTooMany(failures, person.personId);
  const stored = await findChallenge(proof.challengeId, { personId: person.personId, purpose: 'sign' });
  const refusal = stored === null ? UNKNOWN : misfit(person, proof, stored, expected.boundTo);
  if (stored === null || refusal !== null) return refuse(person, proof, expected.boundTo, refusal ?? UNKNOWN);
  const outcome = await answerFits(person, proof, stored);
  if ('refusal' in outcome) return refuse(person, proof, expected.boundTo, outcome.refusal);
  await failures.delete(person.personId);
  const { payload, payloadType } = detailSchema.parse(stored.detail);
  return {
    async spend(client) {
      await spendChallenge(client, stored.id);
      if (outcome.use !== null) await outcome.use(client);
      return { method: proof.method, payload, payloadType, ...outcome.proven };
    },
  };
}

interface Refusal {
  /** For the audit log, in one word or two. */
  reason: string;
  error: AppError;
  /** A wrong answer counts towards the limit; one that came too late does not. */
  counts: boolean;
}

const UNKNOWN: Refusal = {
  reason: 'unknown challenge',
  error: new AppError('conflict', 'This confirmation is not known here. Confirm once more.'),
  counts: true,
};

function late(reason: string, message: string): Refusal {
  return { reason, error: new AppError('conflict', message), counts: false };
}

function wrong(reason: string, path: string, message: string): Refusal {
  return { reason, error: new AppError('invalid', message, { issues: [{ path, message }] }), counts: true };
}

/** What is wrong with the challenge itself for this answer, or null. */
function misfit(person: PersonActor, proof: Proof, stored: StoredChallenge, boundTo: string): Refusal | null {
  const detail = detailSchema.parse(stored.detail);
  if (stored.state === 'used')
    return late('used before', 'This confirmation has been used already. Confirm once more.');
  if (stored.state === 'expired')
    return late(
      'expired',
      `Confirming took longer than ${CHALLENGE_MINUTES} minutes. Confirm once more; nothing else is lost.`,
    );
  if (stored.boundTo !== boundTo || detail.workspaceId !== person.workspaceId)
    return {
      ...late('bound to something else', 'This confirmation was for something else. Confirm once more.'),
      counts: true,
    };
  if (detail.method !== proof.method)
    return late('another method', 'You began to confirm in another way. Confirm once more.');
  return null;
}

type Outcome =
  | { refusal: Refusal }
  | {
      proven: Pick<Proven, 'passkeyId' | 'assertion'>;
      use: ((client: Pick<PoolClient, 'query'>) => Promise<void>) | null;
    };
const PLAIN: Outcome = { proven: { passkeyId: null, assertion: null }, use: null };

async function answerFits(person: PersonActor, proof: Proof, stored: StoredChallenge): Promise<Outcome> {
  if (proof.method === 'passkey') {
    const checked = await checkAssertion(proof.response, {
      challenge: stored.challenge,
      personId: person.personId,
    });
    if (!checked.ok)
      return { refusal: wrong(`passkey: ${checked.fault}`, 'passkey', ASSERTION_FAULTS[checked.fault]) };
    const { assertion } = checked;
    const { authenticatorData, clientDataJSON, signature } = proof.response.response;
    return {
      proven: {
        passkeyId: assertion.passkeyId,
        assertion: { credentialId: assertion.credentialId, authenticatorData, clientDataJSON, signature },
      },
      use: (client) => usePasskey(client, assertion),
    };
  }
  const means = await meansOf(person);
  if (!offers(methodsFrom(person, means), proof.method))
    return { refusal: late('method withdrawn', 'You can no longer confirm in this way. Choose another.') };
  if (proof.method === 'password')
    return (await isPassword(means.passwordHash, proof.password))
      ? PLAIN
      : { refusal: wrong('wrong password', 'password', 'This is not your password.') };
  if (proof.method === 'demo')
    return sameName(proof.name, person.name)
      ? PLAIN
      : { refusal: wrong('wrong name', 'name', `Type “${person.name}”, as it stands above.`) };
  return loggedInFor(stored)
    ? PLAIN
    : { refusal: wrong('not logged in', 'oidc', 'The login is not finished. Finish it in its window.') };
}

function sameName(typed: string, name: string): boolean {
  const plain = (text: string) => text.normalize('NFKC').trim().replace(/\s+/g, ' ').toLocaleLowerCase('en');
  return plain(typed) === plain(name);
}

async function refuse(person: PersonActor, proof: Proof, boundTo: string, refusal: Refusal): Promise<never> {
  if (refusal.counts) await failures.penalty(person.personId);
  await appendAlone({
    workspaceId: person.workspaceId,
    actor: person,
    action: 'proof.refused',
    subject: `person:${person.personId}`,
    detail: { method: proof.method, reason: refusal.reason, for: boundTo },
  });
  throw refusal.error;
}

async function refuseTooMany(limiter: RateLimiterMemory, key: string): Promise<void> {
  const used = await limiter.get(key);
  if (used !== null && used.remainingPoints <= 0) throw tooMany(used.msBeforeNext);
}

function tooMany(msBeforeNext: number): AppError {
  const seconds = Math.max(1, Math.ceil(msBeforeNext / 1000));
  return new AppError('rate_limited', 'Too many attempts to confirm. Wait a while and try again.', {
    retryAfterSeconds: seconds,
  });
}
