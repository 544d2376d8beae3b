import type { Metadata } from 'next';
import Link from 'next/link';
import { MarkReading } from '@/components/comments/mark-reading';
import { Activity, AllThreads, Readers } from '@/components/comments/subject-review';
import { ContractCallouts } from '@/components/contracts/contract-callouts';
import { ContractDocument } from '@/components/contracts/contract-document';
import { CONTRACT_TABS, type ContractTab, contractHref } from '@/components/contracts/contract-href';
import { ReviewDue } from '@/components/contracts/contract-list';
import { CoverageMarks } from '@/components/contracts/coverage-marks';
import { CoverageView } from '@/components/contracts/coverage-view';
import { LintFindings } from '@/components/contracts/lint-findings';
import { lintTitle } from '@/components/contracts/lint-title';
import { PutInForce } from '@/components/contracts/put-in-force';
import { SourceView } from '@/components/contracts/source-view';
import { VersionTable } from '@/components/contracts/version-table';
import { WriteNext } from '@/components/contracts/write-next';
import { LiveRefresh } from '@/components/shell/live-refresh';
import { ButtonLink } from '@/components/ui/button';
import { Digest } from '@/components/ui/digest';
import { PageHeader } from '@/components/ui/page-header';
import { Columns, Sheet, Stack } from '@/components/ui/sheet';
import { Tabs } from '@/components/ui/tabs';
import { Tag } from '@/components/ui/tag';
import { requireActor } from '@/lib/auth/session';
import { DEFAULTS_AGENT } from '@/lib/contract/workspace-defaults';
import { formatDate, plural } from '@/lib/format';
import type { ContractDetail } from '@/lib/services/contracts/get-contract';
import { lintContract } from '@/lib/services/contracts/lint-contract';
import { getCoverage } from '@/lib/services/coverage/get-coverage';
import { listDrafts } from '@/lib/services/drafts/list-drafts';
import { loadContract } from './load-contract';

interface Props {
  params: Promise<{ agent: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

async function ask({ params, searchParams }: Props) {
  const agent = decodeURIComponent((await params).agent);
  const { version, tab } = await searchParams;
  return {
    detail: await loadContract(agent, typeof version === 'string' ? version : undefined),
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
  const name = agent?.name ?? ref;
  const findings = await lintContract(await requireActor(), contract);
  const worth = findings.filter((finding) => finding.level !== 'note').length;
  const tabs = [
    { id: 'contract', label: 'Contract' },
    { id: 'review', label: 'Review' },
    { id: 'lint', label: worth === 0 ? 'Lint' : `Lint ${worth}` },
    { id: 'coverage', label: 'Coverage' },
    { id: 'versions', label: `Versions ${versions.length}` },
    { id: 'source', label: detail.sourceFormat === 'json' ? 'JSON' : 'YAML' },
  ] as const;
  const subject = { kind: 'version', id: version.id } as const;
  const page = contractHref(name, { version: asked });
  const drafts = inherited ? [] : (await draftsOf(agent?.name ?? null)).slice(0, 5);
  return (
    <>
      <LiveRefresh topics={['contract', 'incident', 'draft']} />
      <MarkReading subject={subject} />
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
          detail.extending === null ? (
            ''
          ) : (
            <Link
              key="defaults"
              href={contractHref(DEFAULTS_AGENT, { version: detail.extending.number })}
              className="prose-link"
            >
              Extends workspace defaults v{detail.extending.label}
            </Link>
          ),
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
            <ButtonLink
              href={`/contracts/${encodeURIComponent(name === DEFAULTS_AGENT ? 'defaults' : name)}/read?version=${version.number}`}
            >
              Read and print
            </ButtonLink>
            {!detail.mayImport ? null : inherited ? (
              <ButtonLink href="/contracts/new">Write its own contract</ButtonLink>
            ) : (
              <WriteNext agent={ref} number={version.number} label="Write the next version" />
            )}
            {agent !== null && !inherited && !version.inForce && detail.mayPutInForce ? (
              <PutInForce
                agent={agent.name}
                displayName={agent.displayName}
                versionId={version.id}
                number={version.number}
                label={version.label}
                stage={agent.stage}
              />
            ) : null}
          </>
        }
      />
      <ContractCallouts detail={detail} page={ref} drafts={drafts} />
      <Tabs
        label="Contract"
        current={tab}
        tabs={tabs.map((each) => ({ ...each, href: contractHref(name, { version: asked, tab: each.id }) }))}
      />
      {tab === 'contract' ? (
        <CoverageMarks
          versionId={version.id}
          coverageHref={contractHref(name, { version: asked, tab: 'coverage' })}
        >
          <ContractDocument
            contract={contract}
            people={detail.people}
            broken={detail.broken}
            notes={{ subject, extending: detail.extending }}
          />
        </CoverageMarks>
      ) : tab === 'review' ? (
        <Columns>
          <AllThreads subject={subject} page={page} />
          <Stack>
            <Readers subject={subject} />
            <Activity subject={subject} page={page} />
          </Stack>
        </Columns>
      ) : tab === 'lint' ? (
        <div className="max-w-[860px]">
          <Sheet title={lintTitle(findings)} label={`as of ${formatDate(Date.now(), 'UTC')}`}>
            <LintFindings findings={findings} page={page} />
          </Sheet>
        </div>
      ) : tab === 'coverage' ? (
        <CoverageView coverage={await getCoverage(await requireActor(), version.id)} page={page} />
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

/** Drafts of an agent's contract, or of the workspace defaults (null). */
async function draftsOf(agent: string | null) {
  const { rows } = await listDrafts(await requireActor(), agent === null ? {} : { agent });
  return agent === null ? rows.filter((draft) => draft.subject === 'defaults') : rows;
}
