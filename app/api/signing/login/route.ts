import { redirect } from 'next/navigation';
import { currentActor } from '@/lib/auth/session';
import { finishFreshLogin } from '@/lib/services/signing/fresh-login';

/** Where the sign-in service sends the window of a fresh login back to; the page it leads to tells the one that waits. */
export async function GET(request: Request): Promise<never> {
  const actor = await currentActor();
  if (actor === null) redirect('/sign-in/confirmed?fault=unknown');
  const outcome = await finishFreshLogin(actor, new URL(request.url)).catch((error: unknown) => {
    console.error('A fresh login could not be finished', error);
    return { challengeId: null, fault: 'unavailable' };
  });
  const told = new URLSearchParams();
  if (outcome.challengeId !== null) told.set('challenge', outcome.challengeId);
  if (outcome.fault !== null) told.set('fault', outcome.fault);
  redirect(`/sign-in/confirmed?${told}`);
}
