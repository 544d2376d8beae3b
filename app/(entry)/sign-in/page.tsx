import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { ExploreDemo } from '@/components/entry/explore-demo';
import { OtherWays } from '@/components/entry/other-ways';
import { safePath } from '@/components/entry/safe-path';
import { signInFault } from '@/components/entry/sign-in-faults';
import { SignInForm } from '@/components/entry/sign-in-form';
import { Callout } from '@/components/ui/callout';
import { currentSession } from '@/lib/auth/session';
import { config } from '@/lib/config';
import { relyingParty } from '@/lib/services/passkeys/relying-party';
import { doors } from '@/lib/services/workspaces/first-visit';

export const metadata: Metadata = { title: 'Sign in' };

export default async function SignInPage({
  searchParams,
}: {
  searchParams: Promise<{ next?: string | string[]; error?: string | string[] }>;
}) {
  const { next, error } = await searchParams;
  const path = safePath(next);
  if ((await currentSession()) !== null) redirect(path);
  const { mayCreate, demo } = await doors();
  if (mayCreate) redirect(path === '/' ? '/welcome' : `/welcome?next=${encodeURIComponent(path)}`);
  const service = config().oidc?.name ?? null;
  const fault = signInFault(typeof error === 'string' ? error : undefined, service ?? 'the sign-in service');
  return (
    <div className="grid max-w-sm gap-6">
      <div>
        <h1 className="text-xl font-semibold tracking-[-0.01em]">Sign in</h1>
        {path === '/' ? null : <p className="mt-1 text-ink-2">You go on where you were.</p>}
      </div>
      {fault === null ? null : <Callout tone="critical" alert title={fault} />}
      <SignInForm next={path} />
      <p className="text-sm text-ink-2">
        Forgotten the password? An administrator of your workspace makes a new link under Settings, People.
      </p>
      <OtherWays next={path} passkeys={relyingParty() !== null} service={service} />
      {demo ? (
        <div className="border-t border-line pt-6">
          <p className="mb-3 text-ink-2">Or look around with invented data and people.</p>
          <ExploreDemo next={path} />
        </div>
      ) : null}
    </div>
  );
}
