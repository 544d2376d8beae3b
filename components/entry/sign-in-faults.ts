import { OIDC_REFUSALS } from '@/lib/services/people/sign-in-by-oidc';

const REFUSALS: ReadonlyMap<string, string> = new Map(Object.entries(OIDC_REFUSALS));

/** What `?error=` of the sign-in page means: a refusal of ours, or one of next-auth's codes; null without one. */
export function signInFault(error: string | undefined, service: string): string | null {
  if (error === undefined) return null;
  const refusal = REFUSALS.get(error);
  if (refusal !== undefined) return refusal;
  if (error === 'AccessDenied') return `${service} did not let you in.`;
  return `Signing in at ${service} did not work. Try again; if it fails again, the server’s log says why.`;
}
