import { createHash } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import { AppError } from '@/lib/errors';

/** argon2id at OWASP's first recommendation: 19 MiB, 2 passes, 1 lane; about 20 ms. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
export const SHORTEST_PASSWORD = 12;
const LONGEST_PASSWORD = 200;

/** Throws `invalid` on a password that breaks the rules; `about` are words it must not consist of (name, address). */
export async function hashPassword(password: string, about: readonly string[]): Promise<string> {
  const fault = passwordFault(password, about);
  if (fault !== null)
    throw new AppError('invalid', 'This password will not do.', {
      issues: [{ path: 'password', message: fault }],
    });
  return hash(password, COST);
}

/** Length before cleverness: at least 12 characters, not one character repeated, not the person's own name or address. */
export function passwordFault(password: string, about: readonly string[]): string | null {
  if ([...password].length < SHORTEST_PASSWORD)
    return `Use at least ${SHORTEST_PASSWORD} characters; a few words in a row are easy to remember.`;
  if (password.length > LONGEST_PASSWORD) return `Use at most ${LONGEST_PASSWORD} characters.`;
  if (new Set(password).size < 5) return 'Use at least five different characters.';
  // Whatever is left without them has to be a password of its own.
  const words = about
    .flatMap((text) => text.toLowerCase().split(/[\s@.]+/))
    .filter((word) => word.length >= 4);
  const rest = words
    .toSorted((one, other) => other.length - one.length)
    .reduce((left, word) => left.replaceAll(word, ''), password.toLowerCase());
  if (rest.length < password.length && rest.replace(/[\s@.]/g, '').length < 8)
    return 'Use something other than your name, address or workspace.';
  return null;
}

let decoy: Promise<string> | undefined;

/**
 * Whether `password` is the one behind `stored`. Without a stored hash it works just as long and says no,
 * so that an unknown address and a wrong password take the same time.
 */
export async function isPassword(stored: string | null, password: string): Promise<boolean> {
  decoy ??= hash('nobody has this password', COST);
  const matches = await verify(stored ?? (await decoy), password.slice(0, LONGEST_PASSWORD + 1));
  return matches && stored !== null;
}

/** What a session carries of the password it was opened with: changing the password ends the others. */
export function passwordProof(stored: string | null): string {
  return createHash('sha256')
    .update(stored ?? '')
    .digest('hex')
    .slice(0, 16);
}
