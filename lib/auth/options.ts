import type { NextAuthOptions } from 'next-auth';
import CredentialsProvider from 'next-auth/providers/credentials';
import { z } from 'zod';
import { config } from '@/lib/config';
import { AppError } from '@/lib/errors';
import { passkeySignInSchema, signInWithPasskey } from '@/lib/services/passkeys/sign-in';
import { type SessionClaim, SIGN_IN_WAYS } from '@/lib/services/people/load-session';
import { signIn, signInToDemo } from '@/lib/services/people/sign-in';
import { switchWorkspace } from '@/lib/services/people/switch-workspace';
import { oidcProvider, refusalOf } from './oidc-provider';

const claimSchema = z.object({
  personId: z.uuid(),
  workspaceId: z.uuid(),
  via: z.enum(SIGN_IN_WAYS),
  proof: z.string(),
});
const credentialsSchema = z.object({ email: z.string().max(320), password: z.string().max(1000) });
const passkeySchema = z.object({ answer: z.string().max(40_000) });
const demoSchema = z.object({ personId: z.uuid() });

/** The claim inside a session as next-auth hands it out, or null. */
export function claimOf(session: unknown): SessionClaim | null {
  const result = z.object({ claim: claimSchema }).safeParse(session);
  return result.success ? result.data.claim : null;
}

const WEEK_SECONDS = 7 * 24 * 60 * 60;

/** next-auth: credentials and JWT cookies. Built on first use, because `config()` throws where there is no environment (builds). */
export function authOptions(): NextAuthOptions {
  const { secret, dashboardUrl, demo, oidc } = config();
  // next-auth reads its own address from the environment only.
  process.env.NEXTAUTH_URL ??= dashboardUrl;
  return {
    secret,
    session: { strategy: 'jwt', maxAge: WEEK_SECONDS },
    useSecureCookies: dashboardUrl.startsWith('https:'),
    pages: { signIn: '/sign-in', error: '/sign-in' },
    logger: {
      error(code, about) {
        // A cookie of another instance on this host, or of a data folder that is gone: nobody is signed in, which is no error.
        if (code !== 'JWT_SESSION_ERROR') console.error(`Sign-in failed (${code})`, about);
      },
    },
    providers: [
      CredentialsProvider({
        id: 'password',
        name: 'Password',
        credentials: { email: {}, password: {} },
        async authorize(input, request) {
          const parsed = credentialsSchema.safeParse(input);
          if (!parsed.success) return null;
          try {
            const claim = await signIn({ ...parsed.data, address: addressOf(request.headers) });
            return claim === null ? null : { id: claim.personId, claim };
          } catch (error) {
            if (error instanceof AppError && error.code === 'rate_limited')
              throw new Error(`rate_limited:${error.retryAfterSeconds ?? 60}`);
            console.error('Sign-in failed', error);
            throw new Error('unavailable');
          }
        },
      }),
      CredentialsProvider({
        id: 'passkey',
        name: 'Passkey',
        credentials: { answer: {} },
        async authorize(input, request) {
          const answer = readAnswer(input);
          if (answer === null) return null;
          try {
            const claim = await signInWithPasskey(answer, addressOf(request.headers));
            return { id: claim.personId, claim };
          } catch (error) {
            // next-auth hands the page this text: a sentence of ours, or nothing.
            if (error instanceof AppError) throw new Error(`told:${error.message}`);
            console.error('Sign-in by passkey failed', error);
            throw new Error('unavailable');
          }
        },
      }),
      ...(oidc === null ? [] : [oidcProvider(oidc)]),
      ...(demo
        ? [
            CredentialsProvider({
              id: 'demo',
              name: 'Demo',
              credentials: { personId: {} },
              async authorize(input) {
                const parsed = demoSchema.safeParse(input);
                if (!parsed.success) return null;
                const claim = await signInToDemo(parsed.data.personId);
                return claim === null ? null : { id: claim.personId, claim };
              },
            }),
          ]
        : []),
    ],
    callbacks: {
      signIn({ user }) {
        // Only the sign-in service leads here without a claim: the others refuse by themselves.
        const refused = refusalOf(user);
        return refused === null || `/sign-in?error=${refused}`;
      },
      async jwt({ token, user, trigger, session }) {
        if (trigger === 'update') {
          const before = claimOf(token);
          const wished = z.object({ workspaceId: z.uuid() }).safeParse(session);
          const after =
            before === null || !wished.success
              ? null
              : await switchWorkspace(before, wished.data.workspaceId);
          return after === null ? token : { sub: after.personId, claim: after };
        }
        // `user` is what authorize() returned, at sign-in only.
        const claim = claimOf(user);
        return claim === null ? token : { sub: claim.personId, claim };
      },
      session({ session, token }) {
        return { expires: session.expires, claim: token.claim };
      },
    },
  };
}

function readAnswer(input: unknown): z.output<typeof passkeySignInSchema> | null {
  const wrapped = passkeySchema.safeParse(input);
  if (!wrapped.success) return null;
  try {
    return passkeySignInSchema.parse(JSON.parse(wrapped.data.answer));
  } catch {
    return null;
  }
}

/** lib/auth/settle-client-address.ts has made the header one address that holds. */
function addressOf(headers: unknown): string {
  const parsed = z.object({ 'x-forwarded-for': z.string() }).safeParse(headers);
  return parsed.success ? parsed.data['x-forwarded-for'] : 'unknown';
}
