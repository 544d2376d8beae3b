import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { getServerSession } from 'next-auth';
import { cache } from 'react';
import { loadSession, type Session } from '@/lib/services/people/load-session';
import type { Actor } from './actor';
import { authOptions, claimOf } from './options';
import { PATH_HEADER } from './path-header';

/** Who is asking, with the roles they have at this moment and the workspace they act in; once a request. */
export const currentSession = cache(async (): Promise<Session | null> => {
  const claim = claimOf(await getServerSession(authOptions()));
  return claim === null ? null : loadSession(claim);
});

/** For route handlers: null when nobody is signed in. */
export async function currentActor(): Promise<Actor | null> {
  return (await currentSession())?.actor ?? null;
}

/** For pages: sends to the sign-in page, and back here after it. */
export async function requireSession(): Promise<Session> {
  const session = await currentSession();
  if (session !== null) return session;
  const path = (await headers()).get(PATH_HEADER) ?? '/';
  redirect(path === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(path)}`);
}

export async function requireActor(): Promise<Actor> {
  return (await requireSession()).actor;
}
