'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { BacktestReport } from '@/components/backtests/backtest-report';
import { contractHref } from '@/components/contracts/contract-href';
import { fetchJson } from '@/components/shell/fetch-json';
import { Callout } from '@/components/ui/callout';
import { Digest } from '@/components/ui/digest';
import { ExactTime, RelativeTime } from '@/components/ui/relative-time';
import { FactRows } from '@/components/ui/sheet';
import { Skeleton } from '@/components/ui/skeleton';
import { Tag } from '@/components/ui/tag';
import { formatBytes } from '@/lib/format';
import { reportSchema } from '@/lib/services/backtests/report';
import type { EvidenceDetail as Evidence } from '@/lib/services/evidence/get-evidence';
import { AttachedBody } from './attached-body';
import { BaselineBody, ReadinessBody, ValueBody } from './case-body';
import { FailurePathsBody, KillSwitchBody, RollbackBody } from './drill-body';
import { EvalsBody } from './evals-body';
import { Figures } from './figures';
import { LintBody } from './lint-body';
import { RiskBody } from './risk-body';
import { RolloutBody } from './rollout-body';
import { ScenariosBody } from './scenarios-body';
import { ORIGIN_WORDS, OUTCOME_WORDS } from './words';

/** One piece of evidence, fetched when it is opened. No heading: what it stands in has the title. */
export function EvidenceDetailById({ id }: { id: string }) {
  const { data, error, refetch } = useQuery({
    queryKey: ['evidence', id],
    queryFn: ({ signal }) => fetchJson<Evidence>(`/api/evidence/${encodeURIComponent(id)}`, signal),
    // Evidence never changes.
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (error !== null)
    return (
      <div className="p-4">
        <Callout tone="critical" alert title="It could not be read">
          {error.message}{' '}
          <button type="button" className="prose-link" onClick={() => void refetch()}>
            Try again
          </button>
        </Callout>
      </div>
    );
  if (data === undefined)
    return (
      <div role="status" className="grid gap-3 p-4">
        <span className="sr-only">Loading</span>
        <Skeleton className="h-4 w-64 max-w-full" />
        <Skeleton className="h-4 w-48" />
        <Skeleton className="h-24 w-full" />
      </div>
    );
  return <EvidenceDetail evidence={data} />;
}

/** All of a piece of evidence: what it says, every figure, where it comes from, and its digest. */
export function EvidenceDetail({ evidence }: { evidence: Evidence }) {
  const { word, tone } = OUTCOME_WORDS[evidence.outcome];
  return (
    <>
      <p className="flex flex-wrap items-baseline gap-x-2 gap-y-1 border-b border-line px-3.5 py-3">
        <Tag tone={tone}>{word}</Tag>
        <span className="min-w-0 [overflow-wrap:anywhere]">{evidence.summary}</span>
      </p>
      <Body evidence={evidence} />
      <FactRows rows={factsOf(evidence)} />
    </>
  );
}

function Body({ evidence }: { evidence: Evidence }) {
  const { kind, detail, agent, version } = evidence;
  const href = (clause: string) => clauseLink(agent.name, version?.number, clause);
  switch (kind) {
    case 'evals':
      return <EvalsBody detail={detail} href={href} />;
    case 'lint':
      return <LintBody detail={detail} href={href} />;
    case 'scenarios':
      return <ScenariosBody detail={detail} href={href} />;
    case 'failure-paths-drill':
      return <FailurePathsBody detail={detail} href={href} />;
    case 'kill-switch-drill':
      return <KillSwitchBody detail={detail} />;
    case 'rollback-drill':
      return <RollbackBody detail={detail} />;
    case 'rollout':
      return <RolloutBody detail={detail} />;
    case 'risk-review':
      return <RiskBody detail={detail} href={href} />;
    case 'baseline':
      return <BaselineBody detail={detail} />;
    case 'value':
      return <ValueBody detail={detail} />;
    case 'autonomy-readiness':
      return <ReadinessBody detail={detail} />;
    case 'backtest':
      return <BacktestBody detail={detail} />;
    case 'attachment':
      return <AttachedBody evidence={evidence} />;
    default:
      return <Figures value={detail} />;
  }
}

function BacktestBody({ detail }: { detail: unknown }) {
  const read = reportSchema.safeParse(detail);
  if (!read.success) return <Figures value={detail} />;
  return (
    <div className="border-b border-line p-3.5">
      <BacktestReport report={read.data} />
    </div>
  );
}

function clauseLink(agent: string, version: number | undefined, clause: string): string {
  return `${contractHref(agent, { version })}#${encodeURI(clause)}`;
}

function factsOf(evidence: Evidence): { name: string; value: ReactNode }[] {
  const { agent, version, clause, file } = evidence;
  return [
    {
      name: 'Speaks of',
      value:
        version === null ? (
          `${agent.displayName}, whatever its version`
        ) : (
          <Link href={contractHref(agent.name, { version: version.number })} className="prose-link">
            v{version.label}
          </Link>
        ),
    },
    ...(clause === null
      ? []
      : [
          {
            name: 'Clause',
            value: (
              <Link
                href={clauseLink(agent.name, version?.number, clause)}
                className="code prose-link break-all"
              >
                {clause}
              </Link>
            ),
          },
        ]),
    {
      name: 'Found out',
      value: (
        <>
          <ExactTime at={evidence.producedAt} precision="minute" /> (
          <RelativeTime at={evidence.producedAt} focusable={false} />)
        </>
      ),
    },
    {
      name: 'Comes from',
      value: `${ORIGIN_WORDS[evidence.origin]}${evidence.producedBy === null ? '' : `, ${evidence.producedBy.name}`}`,
    },
    ...(file === null
      ? []
      : [{ name: 'File', value: `${file.name}, ${formatBytes(file.size)}, ${file.mediaType}` }]),
    {
      name: file === null ? 'Digest' : 'Digest of the file',
      value: <Digest value={evidence.digest} what={`digest of ${evidence.title}`} />,
    },
  ];
}
