import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { cache } from 'react';
import { ContractDocument } from '@/components/contracts/contract-document';
import { CONTRACT_TABS, type ContractTab, contractHref } from '@/components/contracts/contract-href';
import { ReviewDue } from '@/components/contracts/contract-list';
import { PutInForce } from '@/components/contracts/put-in-force';
import { SourceView } from '@/components/contracts/source-view';
import { VersionTable } from '@/components/contracts/version-table';
import { LiveRefresh } from '@/components/shell/live-refresh';
import { ButtonLink } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { Digest } from '@/components/ui/digest';
import { PageHeader } from '@/components/ui/page-header';
import { Tabs } from '@/components/ui/tabs';
import { Tag } from '@/components/ui/tag';
import { requireActor } from '@/lib/auth/session';
import { DEFAULTS_AGENT } from '@/lib/contract/workspace-defaults';
import { AppError } from '@/lib/errors';
import { plural } from '@/lib/format';
import { type ContractDetail, getContract } from '@/lib/services/contracts/get-contract';

interface Props {
  params: Promise<{ agent: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

const load = cache(async (agent: string, version: string | undefined): Promise<ContractDetail> => {
  const actor = await requireActor();
  if (version !== undefined && !/^[1-9]\d{0,8}$/.test(version)) notFound();
  return getContract(actor, agent, version === undefined ? undefined : Number(version)).catch(
    (error: unknown) => {
      if (error instanceof AppError && error.code === 'not_found') notFound();
      throw error;
    },
  );
});

async function ask({ params, searchParams }: Props) {
  const agent = decodeURIComponent((await params).agent);
  const { version, tab } = await searchParams;
  return {
    detail: await load(agent, typeof version === 'string' ? version : undefined),
    tab: CONTRACT_TABS.find((each) => each === tab) ?? ('contract' satisfies ContractTab),
    asked: typeof version === 'string' ? Number(version) : undefined,
  };
}

function nameOf(detail: ContractDetail): string {
  return detail.agent === null ? 'Workspace defaults' : detail.agent.displayName;
}

export async function generateMetadata(props: Props): Promise<Metadata> {
  const { detail } = await ask(props);
  return { title: `${nameOf(detail)}, contract v${detail.version.label}` };
}

export default async function ContractPage(props: Props) {
  const { detail, tab, asked } = await ask(props);
  const { agent, version, versions, inherited, contract } = detail;
  const ref = agent === null || inherited ? DEFAULTS_AGENT : agent.name;
  const tabs = [
    { id: 'contract', label: 'Contract' },
    { id: 'versions', label: `Versions ${versions.length}` },
    { id: 'source', label: detail.sourceFormat === 'json' ? 'JSON' : 'YAML' },
  ] as const;
  const inForce = versions.find((each) => each.inForce);
  return (
    <>
      <LiveRefresh topics={['contract', 'incident']} />
      <PageHeader
        crumbs={[{ label: 'Contracts', href: '/contracts' }, { label: nameOf(detail) }]}
        title={nameOf(detail)}
        facts={[
          <span key="version" className="inline-flex items-center gap-1.5">
            v{version.label}
            <Tag tone={version.inForce ? 'low' : 'plain'}>
              {version.inForce ? 'in force' : 'not in force'}
            </Tag>
          </span>,
          <Digest key="digest" value={version.digest} />,
          <span key="code">
            for code <span className="code">{version.code}</span>
          </span>,
          <span key="review">
            next review <ReviewDue version={version} today={new Date().toISOString().slice(0, 10)} />
          </span>,
          version.runs === 0 ? 'no run yet' : `${plural(version.runs, 'run')} under it`,
          agent === null ? (
            ''
          ) : (
            <Link key="agent" href={`/agents/${encodeURIComponent(agent.name)}`} className="prose-link">
              Agent
            </Link>
          ),
        ]}
        actions={
          <>
            {detail.mayImport ? (
              <ButtonLink
                href={
                  inherited
                    ? '/contracts/import'
                    : `/contracts/import?from=${encodeURIComponent(ref)}&version=${version.number}`
                }
              >
                {inherited ? 'Import its own contract' : 'Write the next version'}
              </ButtonLink>
            ) : null}
            {agent !== null && !inherited && !version.inForce && detail.mayPutInForce ? (
              <PutInForce
                agent={agent.name}
                displayName={agent.displayName}
                number={version.number}
                label={version.label}
              />
            ) : null}
          </>
        }
      />
      <div className="grid gap-4 empty:hidden [&:not(:empty)]:pb-4">
        {inherited ? (
          <Callout tone="medium" title="It has no contract of its own">
            What you read are the workspace defaults, which hold for it until somebody writes one.
          </Callout>
        ) : null}
        {!inherited && !version.inForce ? (
          <Callout
            title={
              inForce === undefined
                ? 'No version of this contract is in force'
                : `This is not what decides: v${inForce.label} is`
            }
          >
            {inForce === undefined ? (
              <>
                The{' '}
                <Link href="/contracts/defaults" className="prose-link">
                  workspace defaults
                </Link>{' '}
                decide meanwhile.
              </>
            ) : (
              <Link href={contractHref(ref)} className="prose-link">
                Read the version in force
              </Link>
            )}
          </Callout>
        ) : null}
      </div>
      <Tabs
        label="Contract"
        current={tab}
        tabs={tabs.map((each) => ({
          ...each,
          href: contractHref(agent?.name ?? ref, { version: asked, tab: each.id }),
        }))}
      />
      {tab === 'contract' ? (
        <ContractDocument contract={contract} people={detail.people} broken={detail.broken} />
      ) : tab === 'versions' ? (
        <VersionTable
          agent={inherited ? null : agent}
          versions={versions}
          shown={version.number}
          mayPutInForce={detail.mayPutInForce}
        />
      ) : (
        <SourceView
          source={detail.source}
          format={detail.sourceFormat}
          downloadHref={`/api/v1/contracts/${encodeURIComponent(ref)}?version=${version.number}&as=imported`}
        />
      )}
    </>
  );
}
