import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { cache, type ReactNode } from 'react';
import { AgentNav } from '@/components/agents/agent-nav';
import { BacktestPanel } from '@/components/backtests/backtest-panel';
import { EvidencePageView } from '@/components/evidence/evidence-page';
import { VersionPicker } from '@/components/evidence/version-picker';
import { LiveRefresh } from '@/components/shell/live-refresh';
import { PageHeader } from '@/components/ui/page-header';
import { requireActor } from '@/lib/auth/session';
import { AppError } from '@/lib/errors';
import { plural } from '@/lib/format';
import { backtestsOf } from '@/lib/services/backtests/get-backtest';
import { type EvidencePage, evidencePage } from '@/lib/services/evidence/evidence-page';
import { type RiskSince, riskSince } from '@/lib/services/evidence/review-risk';

interface Props {
  params: Promise<{ name: string }>;
  searchParams: Promise<{ version?: string | string[]; before?: string | string[] }>;
}

const load = cache(async (name: string, version: string, before: string): Promise<EvidencePage> => {
  const actor = await requireActor();
  const number = /^[1-9]\d{0,8}$/.test(version) ? Number(version) : undefined;
  return evidencePage(actor, { agent: name, version: number, before }).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'not_found') notFound();
    throw error;
  });
});

async function page({ params, searchParams }: Props): Promise<EvidencePage> {
  const [{ name }, { version, before }] = await Promise.all([params, searchParams]);
  const one = (value: string | string[] | undefined) => (typeof value === 'string' ? value : '');
  return load(decodeURIComponent(name), one(version), one(before));
}

export async function generateMetadata(props: Props): Promise<Metadata> {
  return { title: `Evidence of ${(await page(props)).agent.displayName}` };
}

export default async function AgentEvidencePage(props: Props) {
  const data = await page(props);
  const { agent, version, versions, gates } = data;
  const next = gates.find((each) => each.next);
  const waiting = next?.evidence.filter((each) => each.required && each.state !== 'present').length ?? 0;
  return (
    <>
      <LiveRefresh topics={['evidence', 'gate', 'contract', 'backtest', 'scenario', 'drill']} />
      <PageHeader
        crumbs={[
          { label: 'Agents', href: '/agents' },
          { label: agent.displayName, href: `/agents/${encodeURIComponent(agent.name)}` },
          { label: 'Evidence' },
        ]}
        title={`Evidence of ${agent.displayName}`}
        facts={[
          version === null ? (
            'No contract of its own yet'
          ) : (
            <VersionPicker key="version" agent={agent.name} versions={versions} current={version.number} />
          ),
          next === undefined
            ? null
            : waiting === 0
              ? `${next.gate} has all it asks for`
              : `${next.gate} waits for ${plural(waiting, 'piece')} of evidence`,
        ]}
      />
      <AgentNav name={agent.name} current="evidence" />
      <EvidencePageView data={data} risk={await riskOf(data)} backtest={await backtestOf(data)} />
    </>
  );
}

/** What a reviewer of the risk profile would look at; nobody else needs it. */
async function riskOf({ may, agent, version }: EvidencePage): Promise<RiskSince | null> {
  if (!may.reviewRisk || version === null) return null;
  return riskSince(await requireActor(), { agent: agent.name, version: version.number });
}

async function backtestOf({ agent, version }: EvidencePage): Promise<ReactNode> {
  if (version === null) return null;
  const backtests = await backtestsOf(await requireActor(), { versionId: version.id });
  return <BacktestPanel agent={agent.name} of={{ version: version.number }} data={backtests} />;
}
