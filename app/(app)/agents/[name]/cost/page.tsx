import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { cache } from 'react';
import { AgentNav } from '@/components/agents/agent-nav';
import { CostPanel } from '@/components/costs/cost-panel';
import { LiveRefresh } from '@/components/shell/live-refresh';
import { PageHeader } from '@/components/ui/page-header';
import { requireActor } from '@/lib/auth/session';
import { AppError } from '@/lib/errors';
import { formatMoney } from '@/lib/format';
import { COST_DAYS, getCost } from '@/lib/services/costs/get-cost';

interface Props {
  params: Promise<{ name: string }>;
}

const load = cache(async (name: string) => {
  const actor = await requireActor();
  return getCost(actor, { agent: name }, new Date()).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'not_found') notFound();
    throw error;
  });
});

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Cost of ${(await load(decodeURIComponent((await params).name))).agent.displayName}` };
}

export default async function AgentCostPage({ params }: Props) {
  const data = await load(decodeURIComponent((await params).name));
  const { agent, version, spent } = data;
  return (
    <>
      <LiveRefresh topics={['run', 'contract', 'price', 'signal', 'incident']} />
      <PageHeader
        crumbs={[
          { label: 'Agents', href: '/agents' },
          { label: agent.displayName, href: `/agents/${encodeURIComponent(agent.name)}` },
          { label: 'Cost' },
        ]}
        title={`Cost of ${agent.displayName}`}
        facts={[
          version === null
            ? 'No contract'
            : version.own
              ? `Ceilings of v${version.label}`
              : 'Ceilings of the workspace defaults',
          `${spent.unpricedRuns > 0 ? 'at least ' : ''}${formatMoney(spent.modelUsd + (spent.infrastructureUsd ?? 0))} in ${COST_DAYS} days`,
        ]}
      />
      <AgentNav name={agent.name} current="cost" />
      <CostPanel data={data} />
    </>
  );
}
