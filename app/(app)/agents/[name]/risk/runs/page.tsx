import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { AgentNav } from '@/components/agents/agent-nav';
import { RiskRunsTable } from '@/components/risk/risk-runs-table';
import { PageHeader } from '@/components/ui/page-header';
import { requireActor } from '@/lib/auth/session';
import { AppError } from '@/lib/errors';
import { listRiskRuns, riskRunsSchema } from '@/lib/services/risk/list-risk-runs';

export const metadata: Metadata = { title: 'Runs behind a figure of risk' };

interface Props {
  params: Promise<{ name: string }>;
  searchParams: Promise<Record<string, string | string[]>>;
}

export default async function RiskRunsPage({ params, searchParams }: Props) {
  const [{ name }, search, actor] = await Promise.all([params, searchParams, requireActor()]);
  const wanted = riskRunsSchema.parse(search);
  const data = await listRiskRuns(actor, { agent: decodeURIComponent(name), ...wanted }).catch(
    (error: unknown) => {
      if (error instanceof AppError && error.code === 'not_found') notFound();
      throw error;
    },
  );
  const { agent } = data;
  const path = `/agents/${encodeURIComponent(agent.name)}`;
  return (
    <>
      <PageHeader
        crumbs={[
          { label: 'Agents', href: '/agents' },
          { label: agent.displayName, href: path },
          { label: 'Risk', href: `${path}/risk` },
          { label: 'Runs' },
        ]}
        title="Runs behind a figure of risk"
        facts={[agent.displayName]}
      />
      <AgentNav name={agent.name} current="risk" />
      <RiskRunsTable data={data} wanted={wanted} />
    </>
  );
}
