import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { cache } from 'react';
import { AgentNav } from '@/components/agents/agent-nav';
import { DrawnRunsPanel } from '@/components/expert-review/drawn-runs-panel';
import { LiveRefresh } from '@/components/shell/live-refresh';
import { PageHeader } from '@/components/ui/page-header';
import { requireActor } from '@/lib/auth/session';
import { AppError } from '@/lib/errors';
import { type DrawnSet, drawnRunsSchema, listDrawnRuns } from '@/lib/services/expert-reviews/list-drawn-runs';

interface Props {
  params: Promise<{ name: string }>;
  searchParams: Promise<{ of?: string | string[]; page?: string | string[] }>;
}

const load = cache(async (name: string, of: DrawnSet, page: number) => {
  const actor = await requireActor();
  return listDrawnRuns(actor, { agent: name, of, page }, new Date()).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'not_found') notFound();
    throw error;
  });
});

async function wanted({ params, searchParams }: Props) {
  const [{ name }, search] = await Promise.all([params, searchParams]);
  const { of, page } = drawnRunsSchema.parse(search);
  return load(decodeURIComponent(name), of, page);
}

export async function generateMetadata(props: Props): Promise<Metadata> {
  return { title: `Reviewed silent runs of ${(await wanted(props)).agent.displayName}` };
}

export default async function AgentSilencePage(props: Props) {
  const data = await wanted(props);
  const { agent } = data;
  return (
    <>
      <LiveRefresh topics={['signal']} />
      <PageHeader
        crumbs={[
          { label: 'Agents', href: '/agents' },
          { label: agent.displayName, href: `/agents/${encodeURIComponent(agent.name)}` },
          { label: 'Silence' },
        ]}
        title={`Silent runs of ${agent.displayName} drawn for review`}
        facts={[`${data.days} days, of runs that began in them`, 'drawn by lot']}
      />
      <AgentNav name={agent.name} current="overview" />
      <DrawnRunsPanel data={data} />
    </>
  );
}
