import type { Metadata } from 'next';
import { MarkReading } from '@/components/comments/mark-reading';
import { contractHref } from '@/components/contracts/contract-href';
import { PrintButton } from '@/components/contracts/print-button';
import { ReadView } from '@/components/contracts/read-view';
import { ButtonLink } from '@/components/ui/button';
import { PageHeader } from '@/components/ui/page-header';
import { Tag } from '@/components/ui/tag';
import { day } from '@/lib/contract/clause-text';
import { DEFAULTS_AGENT } from '@/lib/contract/workspace-defaults';
import type { ContractDetail } from '@/lib/services/contracts/get-contract';
import { loadContract } from '../load-contract';

interface Props {
  params: Promise<{ agent: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

async function ask({ params, searchParams }: Props): Promise<ContractDetail> {
  const { version } = await searchParams;
  return loadContract(
    decodeURIComponent((await params).agent),
    typeof version === 'string' ? version : undefined,
  );
}

export async function generateMetadata(props: Props): Promise<Metadata> {
  const { contract, version } = await ask(props);
  return { title: `${contract.identity.name} on one page, v${version.label}` };
}

export default async function ReadPage(props: Props) {
  const detail = await ask(props);
  const { agent, version, contract } = detail;
  const name = agent?.name ?? DEFAULTS_AGENT;
  const page = contractHref(name, { version: version.number });
  return (
    <>
      <MarkReading subject={{ kind: 'version', id: version.id }} />
      <PageHeader
        crumbs={[
          { label: 'Contracts', href: '/contracts' },
          { label: agent?.displayName ?? 'Workspace defaults', href: page },
          { label: 'On one page' },
        ]}
        title={contract.identity.name}
        facts={[
          <span key="version" className="inline-flex items-center gap-1.5">
            v{version.label}
            <Tag tone={version.inForce ? 'low' : 'plain'}>
              {version.inForce ? 'in force' : 'not in force'}
            </Tag>
          </span>,
          `last reviewed ${day(version.lastReviewed)}`,
        ]}
        actions={
          <span className="flex flex-wrap gap-2 print:hidden">
            <PrintButton />
            <ButtonLink
              href={`/api/v1/contracts/${encodeURIComponent(name)}/pdf?version=${version.number}`}
              prefetch={false}
              download
            >
              Download PDF
            </ButtonLink>
            <ButtonLink href={page}>Every clause</ButtonLink>
          </span>
        }
      />
      <ReadView detail={detail} />
    </>
  );
}
