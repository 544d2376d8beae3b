import { verifyAuthenticationResponse } from '@simplewebauthn/server';
import type { PoolClient } from 'pg';
import { z } from 'zod';
import { db } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { relyingParty } from './relying-party';
import type { AssertionResponse } from './responses';

/** Why a passkey's answer is refused, as the person reads it. */
export const ASSERTION_FAULTS = {
  unknown: 'This passkey is not known here. It may have been removed; use another.',
  revoked: 'This passkey has been revoked. Use another.',
  foreign: 'This passkey belongs to somebody else. Use one of yours.',
  origin:
    'The passkey answered for another address than this dashboard’s. Open the dashboard at its own address.',
  challenge: 'The passkey answered something else than was asked. Start again.',
  counter:
    'This passkey has been used fewer times than we have seen it used: there may be a copy of it. Revoke it and add a new one.',
  signature: 'The passkey’s signature does not fit. Start again.',
} as const;
export type AssertionFault = keyof typeof ASSERTION_FAULTS;

export interface CheckedAssertion {
  passkeyId: string;
  personId: string;
  credentialId: string;
  counter: number;
  backedUp: boolean;
}

interface PasskeyRecord {
  id: string;
  person_id: string;
  credential_id: string;
  public_key: Buffer;
  counter: number;
  transports: string[];
  revoked_at: Date | null;
}

const clientDataSchema = z.object({ challenge: z.string(), origin: z.string() });

/**
 * Whether `response` is what a passkey of `personId` (null: of anybody) answers to `challenge`, here. Changes nothing:
 * `usePasskey` does, in the transaction of what it allows.
 */
export async function checkAssertion(
  response: AssertionResponse,
  wanted: { challenge: string; personId: string | null },
): Promise<{ ok: true; assertion: CheckedAssertion } | { ok: false; fault: AssertionFault }> {
  const site = relyingParty();
  const found = await db().query<PasskeyRecord>(
    `SELECT id, person_id, credential_id, public_key, counter, transports, revoked_at
       FROM passkey WHERE credential_id = $1`,
    [response.id],
  );
  const [passkey] = found.rows;
  if (site === null || passkey === undefined) return { ok: false, fault: 'unknown' };
  if (wanted.personId !== null && passkey.person_id !== wanted.personId)
    return { ok: false, fault: 'foreign' };
  if (passkey.revoked_at !== null) return { ok: false, fault: 'revoked' };
  const said = readClientData(response.response.clientDataJSON);
  if (said === null || said.challenge !== wanted.challenge) return { ok: false, fault: 'challenge' };
  if (said.origin !== site.origin) return { ok: false, fault: 'origin' };
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: { ...response, clientExtensionResults: {} },
      expectedChallenge: wanted.challenge,
      expectedOrigin: site.origin,
      expectedRPID: site.id,
      // The counter is looked at below: the library says what is wrong in words only.
      credential: { id: passkey.credential_id, publicKey: new Uint8Array(passkey.public_key), counter: 0 },
      requireUserVerification: true,
    });
    if (!verified) return { ok: false, fault: 'signature' };
    const { newCounter, credentialBackedUp } = authenticationInfo;
    if (!isAhead(newCounter, passkey.counter)) return { ok: false, fault: 'counter' };
    return {
      ok: true,
      assertion: {
        passkeyId: passkey.id,
        personId: passkey.person_id,
        credentialId: passkey.credential_id,
        counter: newCounter,
        backedUp: credentialBackedUp,
      },
    };
  } catch {
    return { ok: false, fault: 'signature' };
  }
}

/** Authenticators either count every use or always say 0. */
function isAhead(counter: number, before: number): boolean {
  return counter > before || (counter === 0 && before === 0);
}

function readClientData(text: string): z.output<typeof clientDataSchema> | null {
  try {
    return clientDataSchema.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
  } catch {
    return null;
  }
}

/** Notes the use of a passkey that was checked. Throws `conflict` when it was revoked or used meanwhile. */
export async function usePasskey(
  client: Pick<PoolClient, 'query'>,
  assertion: CheckedAssertion,
): Promise<void> {
  const used = await client.query(
    `UPDATE passkey SET counter = $2, backed_up = $3, last_used_at = now()
      WHERE id = $1 AND revoked_at IS NULL AND (counter < $2 OR (counter = 0 AND $2 = 0))`,
    [assertion.passkeyId, assertion.counter, assertion.backedUp],
  );
  if (used.rowCount === 0)
    throw new AppError(
      'conflict',
      'This passkey was revoked or used elsewhere meanwhile. Confirm once more.',
    );
}
