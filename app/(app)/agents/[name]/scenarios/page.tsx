import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { cache } from 'react';
import { AgentNav } from '@/components/agents/agent-nav';
import { ScenariosView } from '@/components/scenarios/scenarios-view';
import { PageHeader } from '@/components/ui/page-header';
import { requireActor } from '@/lib/auth/session';
import { AppError } from '@/lib/errors';
import { plural } from '@/lib/format';
import { scenariosPage } from '@/lib/services/scenarios/scenarios-page';

type Props = {
  params: Promise<{ name: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
};

const load = cache(async (name: string, against: string | undefined) =>
  scenariosPage(await requireActor(), name, against).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'not_found') notFound();
    throw error;
  }),
);

async function ask({ params, searchParams }: Props) {
  const name = decodeURIComponent((await params).name);
  const { against } = await searchParams;
  return load(name, typeof against === 'string' && against !== '' ? against : undefined);
}

export async function generateMetadata(props: Props): Promise<Metadata> {
  return { title: `Scenarios of ${(await ask(props)).agent.displayName}` };
}

export default async function Page(props: Props) {
  const page = await ask(props);
  const { agent, suites } = page;
  return (
    <>
      <PageHeader
        crumbs={[
          { label: 'Agents', href: '/agents' },
          { label: agent.displayName, href: `/agents/${encodeURIComponent(agent.name)}` },
          { label: 'Scenarios' },
        ]}
        title={`Scenarios of ${agent.displayName}`}
        facts={[
          suites.length === 0 ? 'no suite yet' : plural(suites.length, 'suite'),
          'decided by the same functions as real calls',
        ]}
      />
      <AgentNav name={agent.name} current="scenarios" />
      <ScenariosView page={page} now={Date.now()} />
    </>
  );
}
