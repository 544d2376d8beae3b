import { randomBytes } from 'node:crypto';
import { generateRegistrationOptions, verifyRegistrationResponse } from '@simplewebauthn/server';
import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { newId } from '@/lib/db/id';
import { transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { canonicalJson } from '@/lib/evidence/canonical';
import { sha256Hex } from '@/lib/evidence/digest';
import type { SigningMethod } from '@/lib/evidence/statement';
import { auditOwn } from '@/lib/services/people/audit-own';
import type { Proof, ProofChallenge } from '@/lib/services/signing/proof';
import { beginProof, checkProof } from '@/lib/services/signing/prove';
import { CHALLENGE_MINUTES, findChallenge, spendChallenge, storeChallenge } from './challenges';
import { passkeyNameSchema } from './passkey-name';
import { type RelyingParty, relyingParty } from './relying-party';
import { type EnrolmentRequest, enrolmentResponseSchema } from './responses';

/** Enough for anybody's devices, and few enough to name in one question to the browser. */
const MOST_PASSKEYS = 20;
/** EdDSA, ES256 and RS256: what a stranger's tools verify. */
const ALGORITHMS = [-8, -7, -257];
const BOUND_TO = 'add a passkey';

/** Whoever adds a passkey first proves to be that person: an unlocked computer is not enough. */
export async function proveForPasskey(actor: Actor, method: SigningMethod): Promise<ProofChallenge> {
  authorize(actor, 'self.manage', { workspaceId: actor.workspaceId });
  return beginProof(actor, {
    method,
    boundTo: BOUND_TO,
    payloadType: 'application/vnd.countersign.add-passkey+json',
    payload: canonicalJson({ add: 'passkey', nonce: randomBytes(16).toString('base64url') }),
  });
}

export interface Enrolment {
  challengeId: string;
  request: EnrolmentRequest;
}

/** What the browser is asked for a new passkey with. Throws what `checkProof` throws, `conflict` at an address without passkeys. */
export async function beginEnrolment(actor: Actor, proof: Proof): Promise<Enrolment> {
  authorize(actor, 'self.manage', { workspaceId: actor.workspaceId });
  const { personId } = asPerson(actor);
  const site = here();
  const checked = await checkProof(actor, proof, { boundTo: BOUND_TO });
  return transact(async (client) => {
    await checked.spend(client);
    const found = await client.query<{ email: string; name: string; ids: string[] }>(
      `SELECT p.email, p.name,
              ARRAY(SELECT credential_id FROM passkey k
                     WHERE k.person_id = p.id AND k.rp_id = $2 AND k.revoked_at IS NULL) AS ids
         FROM person p WHERE p.id = $1`,
      [personId, site.id],
    );
    const [person] = found.rows;
    if (person === undefined) throw new AppError('not_found', 'There is no such person in this workspace.');
    if (person.ids.length >= MOST_PASSKEYS)
      throw new AppError('conflict', `You have ${MOST_PASSKEYS} passkeys already. Revoke one first.`);
    const request = await generateRegistrationOptions({
      rpName: site.name,
      rpID: site.id,
      userName: person.email,
      userDisplayName: person.name,
      userID: new Uint8Array(Buffer.from(personId.replaceAll('-', ''), 'hex')),
      attestationType: 'none',
      excludeCredentials: person.ids.map((id) => ({ id })),
      // Found by the browser without a name typed, and never by mere possession.
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      supportedAlgorithmIDs: ALGORITHMS,
      timeout: CHALLENGE_MINUTES * 60_000,
    });
    const { id } = await storeChallenge(client, {
      personId,
      purpose: 'enrol-passkey',
      challenge: request.challenge,
    });
    return { challengeId: id, request };
  });
}

export const newPasskeySchema = z.object({
  challengeId: z.uuid(),
  name: passkeyNameSchema,
  response: enrolmentResponseSchema,
});

/** Keeps the passkey that the browser made. Throws `invalid` when it does not answer the challenge, `conflict` when it is known. */
export async function finishEnrolment(
  actor: Actor,
  input: z.output<typeof newPasskeySchema>,
): Promise<{ id: string }> {
  authorize(actor, 'self.manage', { workspaceId: actor.workspaceId });
  const { personId } = asPerson(actor);
  const site = here();
  const stored = await findChallenge(input.challengeId, { personId, purpose: 'enrol-passkey' });
  if (stored === null || stored.state !== 'open')
    throw new AppError('conflict', 'Adding the passkey took too long, or was done before. Start again.');
  const { credential, backedUp } = await verified(input, stored.challenge, site);
  const id = newId();
  await transact(async (client) => {
    await spendChallenge(client, stored.id);
    const inserted = await client.query(
      `INSERT INTO passkey (id, person_id, credential_id, public_key, counter, transports, rp_id, name, backed_up, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, now()) ON CONFLICT (credential_id) DO NOTHING`,
      [
        id,
        personId,
        credential.id,
        Buffer.from(credential.publicKey),
        credential.counter,
        input.response.response.transports,
        site.id,
        input.name,
        backedUp,
      ],
    );
    if (inserted.rowCount === 0)
      throw new AppError('conflict', 'This passkey is known here already. Make a new one.');
    await auditOwn(client, personId, actor, {
      action: 'passkey.added',
      // So that the exported record shows that no other key was put in this one's place.
      detail: {
        passkey: id,
        name: input.name,
        credential: credential.id,
        key: sha256Hex(Buffer.from(credential.publicKey)),
      },
    });
  });
  return { id };
}

async function verified(
  { response }: z.output<typeof newPasskeySchema>,
  challenge: string,
  site: RelyingParty,
): Promise<{ credential: { id: string; publicKey: Uint8Array; counter: number }; backedUp: boolean }> {
  try {
    const result = await verifyRegistrationResponse({
      response: { ...response, clientExtensionResults: {} },
      expectedChallenge: challenge,
      expectedOrigin: site.origin,
      expectedRPID: site.id,
      requireUserVerification: true,
      supportedAlgorithmIDs: ALGORITHMS,
    });
    if (result.verified)
      return {
        credential: result.registrationInfo.credential,
        backedUp: result.registrationInfo.credentialBackedUp,
      };
  } catch (cause) {
    throw new AppError(
      'invalid',
      'The new passkey does not answer what was asked, at this address. Start again.',
      {
        cause,
      },
    );
  }
  throw new AppError('invalid', 'The new passkey’s own signature does not fit. Start again.');
}

function asPerson(actor: Actor): Extract<Actor, { kind: 'person' }> {
  if (actor.kind !== 'person') throw new AppError('forbidden', 'Only people have passkeys.');
  return actor;
}

function here(): RelyingParty {
  const site = relyingParty();
  if (site === null)
    throw new AppError(
      'conflict',
      'Browsers offer no passkeys at a bare IP address. Open the dashboard by a host name (COUNTERSIGN_URL).',
    );
  return site;
}
