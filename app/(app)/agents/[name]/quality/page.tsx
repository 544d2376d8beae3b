import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { cache } from 'react';
import { AgentNav } from '@/components/agents/agent-nav';
import { LiveRefresh } from '@/components/shell/live-refresh';
import { QualityPanel } from '@/components/signals/quality-panel';
import { PageHeader } from '@/components/ui/page-header';
import { requireActor } from '@/lib/auth/session';
import { AppError } from '@/lib/errors';
import { getQuality } from '@/lib/services/signals/get-quality';

interface Props {
  params: Promise<{ name: string }>;
}

const load = cache(async (name: string) => {
  const actor = await requireActor();
  return getQuality(actor, { agent: name }).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'not_found') notFound();
    throw error;
  });
});

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Quality of ${(await load(decodeURIComponent((await params).name))).agent.displayName}` };
}

export default async function AgentQualityPage({ params }: Props) {
  const data = await load(decodeURIComponent((await params).name));
  const { agent, criteria } = data;
  const unknown = criteria.filter(({ state }) => state === 'unknown').length;
  return (
    <>
      <LiveRefresh topics={['signal', 'contract']} />
      <PageHeader
        crumbs={[
          { label: 'Agents', href: '/agents' },
          { label: agent.displayName, href: `/agents/${encodeURIComponent(agent.name)}` },
          { label: 'Quality' },
        ]}
        title={`Quality of ${agent.displayName}`}
        facts={[
          criteria.length === 0
            ? null
            : unknown === 0
              ? 'Every criterion is known'
              : `${unknown} of ${criteria.length} criteria unknown`,
        ]}
      />
      <AgentNav name={agent.name} current="quality" />
      <QualityPanel data={data} />
    </>
  );
}
