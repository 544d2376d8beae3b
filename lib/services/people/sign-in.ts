import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';
import { config } from '@/lib/config';
import { prisma } from '@/lib/db/prisma';
import { AppError } from '@/lib/errors';
import type { SessionClaim } from './load-session';
import { isPassword, passwordProof } from './password';

/** Failures only; a success clears the pair. Windows are 15 minutes. */
const WINDOW_SECONDS = 15 * 60;
const perPair = new RateLimiterMemory({ points: 8, duration: WINDOW_SECONDS });
/** An address that tries many people. */
const perAddress = new RateLimiterMemory({ points: 60, duration: WINDOW_SECONDS });
/** A person tried from many addresses (or from forged ones): wide, so that strangers cannot lock someone out cheaply. */
const perEmail = new RateLimiterMemory({ points: 120, duration: WINDOW_SECONDS });

export interface Credentials {
  email: string;
  password: string;
  /** Where the request came from. */
  address: string;
}

/**
 * Checks an e-mail address and password. Returns the claim for a session, or null for any wrong pair
 * (unknown address, wrong password, disabled, member of nothing look alike and take as long).
 * Throws `rate_limited`.
 */
export async function signIn({ email, password, address }: Credentials): Promise<SessionClaim | null> {
  const lower = email.trim().toLowerCase();
  const limits = [
    { limiter: perPair, key: `${address} ${lower}` },
    { limiter: perAddress, key: address },
    { limiter: perEmail, key: lower },
  ];
  for (const { limiter, key } of limits) {
    const used = await limiter.get(key);
    if (used !== null && used.remainingPoints <= 0) throw tooMany(used);
  }
  const person = await prisma().person.findUnique({
    where: { email: lower },
    include: { memberships: { include: { workspace: true }, orderBy: { createdAt: 'asc' } } },
  });
  const matches = await isPassword(person?.passwordHash ?? null, password);
  const membership = person?.memberships.find((each) => !each.workspace.isDemo);
  if (person === null || !matches || person.disabledAt !== null || membership === undefined) {
    // Counted even past the limit: concurrent guesses cannot slip through between look and count.
    await Promise.all(limits.map(({ limiter, key }) => limiter.penalty(key)));
    return null;
  }
  await perPair.delete(`${address} ${lower}`);
  return {
    personId: person.id,
    workspaceId: membership.workspaceId,
    via: 'password',
    proof: passwordProof(person.passwordHash),
  };
}

function tooMany(used: RateLimiterRes): AppError {
  const seconds = Math.max(1, Math.ceil(used.msBeforeNext / 1000));
  return new AppError('rate_limited', 'Too many failed attempts.', { retryAfterSeconds: seconds });
}

/** A claim for one of the demo's people, without password; null unless this instance has the demo switched on. */
export async function signInToDemo(personId: string): Promise<SessionClaim | null> {
  if (!config().demo) return null;
  const membership = await prisma().membership.findFirst({
    where: { personId, workspace: { isDemo: true }, person: { disabledAt: null } },
  });
  return membership === null
    ? null
    : { personId, workspaceId: membership.workspaceId, via: 'demo', proof: '' };
}
