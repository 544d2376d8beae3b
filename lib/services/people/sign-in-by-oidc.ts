import type { PoolClient } from 'pg';
import { z } from 'zod';
import { config } from '@/lib/config';
import { transact } from '@/lib/db/pool';
import { auditOwn } from './audit-own';
import type { SessionClaim } from './load-session';

/** What the sign-in service says of whoever logged in; everything else it says is left out. */
export const oidcClaimsSchema = z.object({
  sub: z.string().min(1).max(255),
  email: z.string().max(320).optional(),
  // Some services write it as text.
  email_verified: z.union([z.boolean(), z.stringbool()]).optional(),
});
export type OidcClaims = z.output<typeof oidcClaimsSchema>;

/** Why somebody who logged in at the service is not let in here, as they read it. */
export const OIDC_REFUSALS = {
  'not-a-member':
    'Nobody here has this account’s e-mail address. Ask an administrator of your workspace to add you.',
  unverified:
    'The sign-in service does not vouch for your e-mail address, so we cannot tell who you are here. Ask whoever runs it.',
  'another-account':
    'Your e-mail address belongs to somebody here who signs in with another account. Ask an administrator.',
  disabled: 'You are no longer let in here. Ask an administrator of your workspace.',
} as const;
export type OidcRefusal = keyof typeof OIDC_REFUSALS;

/**
 * The claim for a session after a login at the sign-in service: by the account known from before, else by the verified
 * e-mail address of somebody who was added here. Nobody is made a member by logging in.
 */
export async function signInByOidc(
  claims: OidcClaims,
): Promise<{ ok: true; claim: SessionClaim } | { ok: false; refusal: OidcRefusal }> {
  const issuer = config().oidc?.issuer;
  if (issuer === undefined) return { ok: false, refusal: 'not-a-member' };
  return transact(async (client) => {
    const known = await client.query<{ person_id: string }>(
      'SELECT person_id FROM person_identity WHERE issuer = $1 AND subject = $2',
      [issuer, claims.sub],
    );
    const personId = known.rows[0]?.person_id;
    const who = personId === undefined ? await link(client, issuer, claims) : { personId };
    if ('refusal' in who) return { ok: false, refusal: who.refusal };
    const found = await client.query<{ workspace_id: string }>(
      `SELECT m.workspace_id FROM membership m
         JOIN person p ON p.id = m.person_id JOIN workspace w ON w.id = m.workspace_id
        WHERE p.id = $1 AND p.disabled_at IS NULL AND NOT w.is_demo ORDER BY m.created_at, w.id LIMIT 1`,
      [who.personId],
    );
    const [membership] = found.rows;
    if (membership === undefined) return { ok: false, refusal: 'disabled' };
    return {
      ok: true,
      claim: { personId: who.personId, workspaceId: membership.workspace_id, via: 'oidc', proof: claims.sub },
    };
  });
}

/** Ties the account to the person with its e-mail address, for good: later the address may change, here or there. */
async function link(
  client: PoolClient,
  issuer: string,
  claims: OidcClaims,
): Promise<{ personId: string } | { refusal: OidcRefusal }> {
  if (claims.email === undefined || claims.email_verified !== true) return { refusal: 'unverified' };
  const found = await client.query<{ id: string; disabled: boolean; member: boolean; taken: boolean }>(
    `SELECT p.id, p.disabled_at IS NOT NULL AS disabled,
            EXISTS (SELECT FROM membership m JOIN workspace w ON w.id = m.workspace_id
                     WHERE m.person_id = p.id AND NOT w.is_demo) AS member,
            EXISTS (SELECT FROM person_identity i WHERE i.person_id = p.id AND i.issuer = $2 AND i.subject <> $3) AS taken
       FROM person p WHERE p.email = $1 FOR UPDATE OF p`,
    [claims.email.trim().toLowerCase(), issuer, claims.sub],
  );
  const [person] = found.rows;
  if (person === undefined || !person.member) return { refusal: 'not-a-member' };
  if (person.disabled) return { refusal: 'disabled' };
  // An address that was given to somebody new must not open the account of whoever had it before.
  if (person.taken) return { refusal: 'another-account' };
  const tied = await client.query(
    'INSERT INTO person_identity (issuer, subject, person_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
    [issuer, claims.sub, person.id],
  );
  // Two first logins at once: the other has tied it.
  if (tied.rowCount === 0) return { personId: person.id };
  await auditOwn(client, person.id, 'the person', {
    action: 'person.account-linked',
    detail: { issuer, subject: claims.sub, email: claims.email },
  });
  return { personId: person.id };
}
