import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { CreateWorkspaceForm } from '@/components/entry/create-workspace-form';
import { ExploreDemo } from '@/components/entry/explore-demo';
import { safePath } from '@/components/entry/safe-path';
import { currentSession } from '@/lib/auth/session';
import { doors } from '@/lib/services/workspaces/first-visit';

export const metadata: Metadata = { title: 'Welcome' };

export default async function WelcomePage({
  searchParams,
}: {
  searchParams: Promise<{ next?: string | string[] }>;
}) {
  const { next } = await searchParams;
  const path = safePath(next);
  const session = await currentSession();
  if (session !== null && !session.workspace.isDemo) redirect(path);
  const { mayCreate, demo } = await doors();
  if (!mayCreate) redirect('/sign-in');
  return (
    <div className="grid gap-8">
      <div className="max-w-[68ch]">
        <h1 className="text-xl font-semibold tracking-[-0.01em]">Agents under contract</h1>
        <p className="mt-2 text-lg text-ink-2">
          Countersign keeps the agreement on what each AI agent may do, decides its calls by it, scores every
          run, and tells a named person within a second when a limit breaks.
        </p>
      </div>
      <div className="grid items-start gap-5 md:grid-cols-2">
        {demo ? (
          <section aria-labelledby="demo" className="grid gap-3 rounded-lg border border-line bg-sheet p-5">
            <h2 id="demo" className="text-lg font-semibold">
              Look around first
            </h2>
            <p className="text-ink-2">
              An invented insurer with its people, contracts and 732 claims runs, one of which paged its
              operator. You act as any of its people with one click. Nothing in it leaves this machine.
            </p>
            <ExploreDemo next={path} variant="primary" />
          </section>
        ) : null}
        <section aria-labelledby="create" className="grid gap-4 rounded-lg border border-line bg-sheet p-5">
          <div className="grid gap-1">
            <h2 id="create" className="text-lg font-semibold">
              Create your workspace
            </h2>
            <p className="text-ink-2">
              You become its first administrator (head of AI); add the others under Settings afterwards.
            </p>
          </div>
          <CreateWorkspaceForm primary={!demo} />
        </section>
      </div>
    </div>
  );
}
