import type { OAuthConfig } from 'next-auth/providers/oauth';
import { z } from 'zod';
import type { OidcConfig } from '@/lib/config';
import { OIDC_REFUSALS, oidcClaimsSchema, signInByOidc } from '@/lib/services/people/sign-in-by-oidc';

const TIMEOUT_MS = 10_000;

/** next-auth has checked the token; what it says is read where it is used. */
const claimsSchema = z.record(z.string(), z.unknown());
const refusedSchema = z.object({ refused: z.enum(['unavailable', ...keysOf(OIDC_REFUSALS)]) });
export type SignInRefusal = z.output<typeof refusedSchema>['refused'];

function keysOf<K extends string>(record: Readonly<Record<K, unknown>>): K[] {
  return Object.keys(record).filter((key): key is K => key in record);
}

/** Why `oidcProvider` let nobody in, from the user it answered; null when it did. */
export function refusalOf(user: unknown): SignInRefusal | null {
  const result = refusedSchema.safeParse(user);
  return result.success ? result.data.refused : null;
}

/** The sign-in service as next-auth knows it: code flow with PKCE, state and nonce. */
export function oidcProvider(oidc: OidcConfig): OAuthConfig<Record<string, unknown>> {
  return {
    id: 'oidc',
    name: oidc.name,
    type: 'oauth',
    wellKnown: `${oidc.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`,
    issuer: oidc.issuer,
    clientId: oidc.clientId,
    clientSecret: oidc.clientSecret,
    authorization: { params: { scope: 'openid email profile' } },
    idToken: true,
    checks: ['pkce', 'state', 'nonce'],
    httpOptions: { timeout: TIMEOUT_MS },
    userinfo: {
      // Some services say the e-mail address in the ID token, others only when asked.
      async request({ client, tokens }) {
        const said = claimsSchema.parse(typeof tokens.claims === 'function' ? tokens.claims() : {});
        const { userinfo_endpoint: endpoint } = client.issuer.metadata;
        if (said.email !== undefined || endpoint === undefined || tokens.access_token === undefined)
          return said;
        const more = await client.userinfo(tokens.access_token);
        return more.sub === said.sub ? { ...more, ...said } : said;
      },
    },
    /** Never throws: next-auth would lose the reason. */
    async profile(profile) {
      const claims = oidcClaimsSchema.safeParse(profile);
      if (!claims.success) return { id: 'nobody', refused: 'unverified' };
      try {
        const outcome = await signInByOidc(claims.data);
        return outcome.ok
          ? { id: outcome.claim.personId, claim: outcome.claim }
          : { id: 'nobody', refused: outcome.refusal };
      } catch (error) {
        console.error('Sign-in by OpenID Connect failed', error);
        return { id: 'nobody', refused: 'unavailable' };
      }
    },
  };
}
