import { allowInsecureRequests, ClientSecretBasic, type Configuration, discovery } from 'openid-client';
import { config, type OidcConfig } from '@/lib/config';
import { AppError } from '@/lib/errors';

const TIMEOUT_SECONDS = 10;
/** Endpoints and keys move rarely; a service that was moved is found again after this. */
const KEPT_MS = 60 * 60_000;

let known: { issuer: string; until: number; service: Promise<Configuration> } | undefined;

/** The sign-in service by its own discovery document. Throws `unavailable` while it does not answer. */
export async function signInService(now = Date.now()): Promise<{ service: Configuration; oidc: OidcConfig }> {
  const { oidc } = config();
  if (oidc === null) throw new AppError('conflict', 'Sign-in by OpenID Connect is not set up here.');
  if (known === undefined || known.issuer !== oidc.issuer || known.until < now)
    known = { issuer: oidc.issuer, until: now + KEPT_MS, service: discovered(oidc) };
  try {
    return { service: await known.service, oidc };
  } catch (cause) {
    known = undefined;
    throw new AppError('unavailable', `${oidc.name} does not answer. Try again in a moment.`, { cause });
  }
}

function discovered(oidc: OidcConfig): Promise<Configuration> {
  const issuer = new URL(oidc.issuer);
  return discovery(issuer, oidc.clientId, {}, ClientSecretBasic(oidc.clientSecret), {
    timeout: TIMEOUT_SECONDS,
    // lib/config.ts lets only this machine's own services be asked so.
    execute: issuer.protocol === 'http:' ? [allowInsecureRequests] : [],
  });
}
