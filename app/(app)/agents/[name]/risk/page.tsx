import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { cache } from 'react';
import { AgentNav } from '@/components/agents/agent-nav';
import { RiskPanel } from '@/components/risk/risk-panel';
import { riskRunsHref } from '@/components/risk/risk-runs-links';
import { LiveRefresh } from '@/components/shell/live-refresh';
import { PageHeader } from '@/components/ui/page-header';
import { requireActor } from '@/lib/auth/session';
import { AppError } from '@/lib/errors';
import { plural } from '@/lib/format';
import { getRisk } from '@/lib/services/risk/get-risk';

interface Props {
  params: Promise<{ name: string }>;
}

const load = cache(async (name: string) => {
  const actor = await requireActor();
  return getRisk(actor, { agent: name }, new Date()).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'not_found') notFound();
    throw error;
  });
});

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Risk of ${(await load(decodeURIComponent((await params).name))).agent.displayName}` };
}

export default async function AgentRiskPage({ params }: Props) {
  const data = await load(decodeURIComponent((await params).name));
  const { agent, version, bands, facts } = data;
  const severe = bands.high + bands.critical;
  return (
    <>
      <LiveRefresh topics={['contract', 'draft']} />
      <PageHeader
        crumbs={[
          { label: 'Agents', href: '/agents' },
          { label: agent.displayName, href: `/agents/${encodeURIComponent(agent.name)}` },
          { label: 'Risk' },
        ]}
        title={`Risk of ${agent.displayName}`}
        facts={[
          version === null
            ? 'No contract'
            : version.own
              ? `Profile of v${version.label}`
              : 'Profile of the workspace defaults',
          severe === 0 ? null : (
            <Link
              key="severe"
              href={riskRunsHref(agent.name, 'band=high,critical')}
              prefetch={false}
              className="prose-link"
            >
              {plural(severe, 'run')} of the latest {facts.runs.length} high or critical
            </Link>
          ),
        ]}
      />
      <AgentNav name={agent.name} current="risk" />
      <RiskPanel data={data} />
    </>
  );
}
