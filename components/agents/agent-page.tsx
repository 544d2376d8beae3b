'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { IncidentTable } from '@/components/incidents/incident-list';
import { LadderMark } from '@/components/ladder/ladder-mark';
import { contractHref, runsByScore } from '@/components/runs/links';
import { ScoreStrip } from '@/components/runs/run-score';
import { RunTable } from '@/components/runs/run-table';
import { fetchJson } from '@/components/shell/fetch-json';
import { useSlowLive } from '@/components/shell/use-slow-live';
import { Band } from '@/components/ui/band';
import { ButtonLink } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { Digest } from '@/components/ui/digest';
import { EmptyState } from '@/components/ui/empty-state';
import { PageHeader } from '@/components/ui/page-header';
import { RelativeTime } from '@/components/ui/relative-time';
import { Sheet } from '@/components/ui/sheet';
import { Tag } from '@/components/ui/tag';
import { plural } from '@/lib/format';
import { STAGE_TITLES } from '@/lib/lifecycle/stages';
import { LEVEL_WORDS } from '@/lib/response/ladder-words';
import type { AgentTrend } from '@/lib/services/agents/agent-trend';
import type { AgentDetail } from '@/lib/services/agents/get-agent';
import type { NeedsEyes } from '@/lib/services/agents/needs-eyes';
import type { IncidentList } from '@/lib/services/incidents/list-incidents';
import type { RunList } from '@/lib/services/runs/list-runs';
import { AgentNav } from './agent-nav';
import { AgentOverview } from './agent-overview';
import type { AgentTab } from './agent-tabs';
import { HowAgentScored } from './how-agent-scored';

/** What a tab needs beyond the agent itself; null for the tabs that are not open. */
export interface TabData {
  trend: AgentTrend | null;
  eyes: NeedsEyes | null;
  runs: RunList | null;
  incidents: IncidentList | null;
}

export function AgentPage({
  initial,
  tab,
  data,
  stop,
  ladder,
  silence,
}: {
  initial: AgentDetail;
  tab: AgentTab;
  data: TabData;
  /** The control that stops the agent, for those who may. */
  stop: ReactNode;
  /** Where it stands on the ladder. */
  ladder: ReactNode;
  /** What reviews say of its silent runs. */
  silence: ReactNode;
}) {
  const path = `/agents/${encodeURIComponent(initial.name)}`;
  const { data: agent } = useQuery({
    queryKey: ['agent', initial.name],
    queryFn: ({ signal }) => fetchJson<AgentDetail>(`/api${path}`, signal),
    initialData: initial,
  });
  useSlowLive(['agent', initial.name], ['run', 'incident', 'contract']);
  const { score, contract } = agent;
  const runsOf = (query: string) =>
    `/runs?agent=${encodeURIComponent(agent.name)}&from=${agent.window.from}&to=${agent.window.until}&${query}`;
  const of = { agent: agent.name, ofAgent: contract?.own ?? false, version: null };
  return (
    <>
      <PageHeader
        crumbs={[{ label: 'Agents', href: '/agents' }, { label: agent.displayName }]}
        title={agent.displayName}
        facts={[
          STAGE_TITLES[agent.stage],
          `authority: ${LEVEL_WORDS[agent.authorityLevel]}${
            agent.authorityCeiling === null || agent.authorityCeiling === agent.authorityLevel
              ? ''
              : `, at most ${LEVEL_WORDS[agent.authorityCeiling]}`
          }`,
          agent.ladder === null ? null : <LadderMark key="ladder" mark={agent.ladder} since />,
          agent.worstBand === null ? null : (
            <Link
              key="band"
              href={runsOf(`band=${agent.worstBand}`)}
              prefetch={false}
              className="no-underline"
            >
              <Band band={agent.worstBand} label={`worst run ${agent.worstBand}`} />
            </Link>
          ),
          contract === null ? (
            'no contract'
          ) : (
            <span key="contract" className="inline-flex items-center gap-1">
              <Link href={contractHref(of)} className="prose-link">
                {contract.own ? `contract v${contract.name}` : 'workspace defaults'}
              </Link>
              <Digest value={contract.digest} />
            </span>
          ),
          agent.openIncidents === 0 ? null : (
            <Link
              key="incidents"
              href={`/incidents?agent=${encodeURIComponent(agent.name)}&view=unresolved`}
              className="prose-link"
            >
              {plural(agent.openIncidents, 'open incident')}
            </Link>
          ),
          agent.lastRunAt === null ? (
            'never ran'
          ) : (
            <span key="last">
              last ran <RelativeTime at={agent.lastRunAt} />
            </span>
          ),
          agent.discovered ? (
            <Tag key="discovered" tone="medium">
              discovered
            </Tag>
          ) : null,
        ]}
        actions={
          <>
            <ButtonLink href={contractHref(of)}>
              {contract?.own ? 'Open contract' : 'Open workspace defaults'}
            </ButtonLink>
            {stop}
          </>
        }
      />
      {agent.discovered ? (
        <div className="mb-5">
          <Callout tone="medium" title="First heard of in telemetry">
            Nobody has registered this agent. It is held to the workspace defaults until{' '}
            <Link href="/contracts/import" className="prose-link">
              a contract of its own is imported
            </Link>
            .
          </Callout>
        </div>
      ) : null}
      <ScoreStrip
        score={score.score}
        pillars={score.pillars}
        coverage={score.coverage}
        label={`Score, ${plural(score.scoredRuns, 'run')} in 30 days`}
        links={{
          score: runsByScore(agent.name, agent.window),
          risk: `${path}/risk`,
          quality: `${path}/quality`,
          cost: `${path}/cost`,
        }}
      >
        <HowAgentScored agent={agent} />
      </ScoreStrip>
      <AgentNav name={initial.name} current={tab} />
      {tab === 'overview' && data.trend !== null && data.eyes !== null ? (
        <AgentOverview
          agent={agent}
          trend={data.trend}
          eyes={data.eyes}
          ladder={ladder}
          silence={silence}
          runsOf={runsOf}
        />
      ) : null}
      {tab === 'runs' ? <RunsTab agent={agent} runs={data.runs} /> : null}
      {tab === 'incidents' ? <IncidentsTab agent={agent} incidents={data.incidents} /> : null}
    </>
  );
}

function RunsTab({ agent, runs }: { agent: AgentDetail; runs: RunList | null }) {
  const all = `/runs?agent=${encodeURIComponent(agent.name)}`;
  if (runs === null) return null;
  return (
    <Sheet
      title="Latest runs"
      label={
        <Link href={all} className="prose-link">
          All runs, with filters
        </Link>
      }
    >
      {runs.rows.length === 0 ? (
        <EmptyState title="No run yet">This agent has not sent a run.</EmptyState>
      ) : (
        <RunTable rows={runs.rows} withAgent={false} />
      )}
    </Sheet>
  );
}

function IncidentsTab({ agent, incidents }: { agent: AgentDetail; incidents: IncidentList | null }) {
  if (incidents === null) return null;
  const all = `/incidents?agent=${encodeURIComponent(agent.name)}`;
  return (
    <Sheet
      title="Incidents"
      label={
        <Link href={all} className="prose-link">
          All incidents, with filters
        </Link>
      }
    >
      {incidents.rows.length === 0 ? (
        <EmptyState title="No incident">None of its runs has opened one.</EmptyState>
      ) : (
        <IncidentTable rows={incidents.rows} />
      )}
    </Sheet>
  );
}
