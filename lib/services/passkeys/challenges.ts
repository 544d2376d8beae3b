import type { PoolClient } from 'pg';
import { newId } from '@/lib/db/id';
import { db } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';

export type ChallengePurpose = 'enrol-passkey' | 'sign-in' | 'sign';

/** How long an answer is awaited. Long enough to find the phone, too short to come back to. */
export const CHALLENGE_MINUTES = 5;

export interface StoredChallenge {
  id: string;
  /** base64url. */
  challenge: string;
  boundTo: string | null;
  detail: unknown;
  createdAt: Date;
  expiresAt: Date;
  state: 'open' | 'used' | 'expired';
}

/** Keeps a challenge for its one answer; the clock is the database's. Drops the same person's old ones. */
export async function storeChallenge(
  client: Pick<PoolClient, 'query'>,
  challenge: {
    personId: string | null;
    purpose: ChallengePurpose;
    challenge: string;
    boundTo?: string;
    detail?: Record<string, unknown>;
  },
): Promise<{ id: string; expiresAt: string }> {
  const id = newId();
  const stored = await client.query<{ expires_at: Date }>(
    `WITH old AS (
       DELETE FROM auth_challenge
        WHERE person_id IS NOT DISTINCT FROM $2 AND expires_at < now() - interval '1 hour')
     INSERT INTO auth_challenge (id, person_id, purpose, challenge, bound_to, detail, created_at, expires_at)
     VALUES ($1, $2, $3, $4, $5, $6, now(), now() + make_interval(mins => $7))
     RETURNING expires_at`,
    [
      id,
      challenge.personId,
      challenge.purpose,
      challenge.challenge,
      challenge.boundTo ?? null,
      JSON.stringify(challenge.detail ?? {}),
      CHALLENGE_MINUTES,
    ],
  );
  const [row] = stored.rows;
  if (row === undefined) throw new Error('The challenge was not stored.');
  return { id, expiresAt: row.expires_at.toISOString() };
}

/** The challenge of this person (null: of nobody yet) for this purpose; null when there is none. */
export async function findChallenge(
  id: string,
  of: { personId: string | null; purpose: ChallengePurpose },
): Promise<StoredChallenge | null> {
  const found = await db().query<StoredChallenge>(
    `SELECT id, challenge, bound_to AS "boundTo", detail, created_at AS "createdAt", expires_at AS "expiresAt",
            CASE WHEN used_at IS NOT NULL THEN 'used' WHEN expires_at <= now() THEN 'expired' ELSE 'open' END AS state
       FROM auth_challenge
      WHERE id = $1 AND person_id IS NOT DISTINCT FROM $2 AND purpose = $3`,
    [id, of.personId, of.purpose],
  );
  return found.rows[0] ?? null;
}

/** Uses a challenge up, in the transaction of what it allows. Throws `conflict` when another was quicker, or time ran out. */
export async function spendChallenge(client: Pick<PoolClient, 'query'>, id: string): Promise<void> {
  // clock_timestamp(): a transaction may have waited for its locks since it began.
  const spent = await client.query(
    `UPDATE auth_challenge SET used_at = now()
      WHERE id = $1 AND used_at IS NULL AND expires_at > clock_timestamp()`,
    [id],
  );
  if (spent.rowCount === 0)
    throw new AppError('conflict', 'This confirmation has been used, or took too long. Confirm once more.');
}
