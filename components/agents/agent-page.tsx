'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { IncidentTable } from '@/components/incidents/incident-list';
import { Named } from '@/components/incidents/named';
import { LadderMark } from '@/components/ladder/ladder-mark';
import { contractHref } from '@/components/runs/links';
import { ScoreStrip } from '@/components/runs/run-score';
import { RunTable } from '@/components/runs/run-table';
import { fetchJson } from '@/components/shell/fetch-json';
import { useSlowLive } from '@/components/shell/use-slow-live';
import { Band } from '@/components/ui/band';
import { ButtonLink } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { Chart } from '@/components/ui/chart';
import { Digest } from '@/components/ui/digest';
import { EmptyState } from '@/components/ui/empty-state';
import { Money } from '@/components/ui/measure';
import { PageHeader } from '@/components/ui/page-header';
import { RelativeTime } from '@/components/ui/relative-time';
import { Columns, FactRows, Sheet, SheetBody, SheetFoot, Stack } from '@/components/ui/sheet';
import { Table, Td, Th, Tr } from '@/components/ui/table';
import { Tag } from '@/components/ui/tag';
import { formatCount, formatDate, formatNumber, formatPercent, plural } from '@/lib/format';
import { STAGE_TITLES } from '@/lib/lifecycle/stages';
import { LEVEL_WORDS } from '@/lib/response/ladder-words';
import type { AgentDetail } from '@/lib/services/agents/get-agent';
import type { IncidentList } from '@/lib/services/incidents/list-incidents';
import type { RunList } from '@/lib/services/runs/list-runs';
import { AgentNav } from './agent-nav';
import type { AgentTab } from './agent-tabs';

/** What a tab needs beyond the agent itself; null for the tabs that are not open. */
export interface TabData {
  runs: RunList | null;
  incidents: IncidentList | null;
}

export function AgentPage({
  initial,
  tab,
  data,
  stop,
  ladder,
}: {
  initial: AgentDetail;
  tab: AgentTab;
  data: TabData;
  /** The control that stops the agent, for those who may. */
  stop: ReactNode;
  /** Where it stands on the ladder. */
  ladder: ReactNode;
}) {
  const path = `/agents/${encodeURIComponent(initial.name)}`;
  const { data: agent } = useQuery({
    queryKey: ['agent', initial.name],
    queryFn: ({ signal }) => fetchJson<AgentDetail>(`/api${path}`, signal),
    initialData: initial,
  });
  useSlowLive(['agent', initial.name], ['run', 'incident', 'contract']);
  const { score, contract } = agent;
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
            <Band key="band" band={agent.worstBand} label={`worst run ${agent.worstBand}`} />
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
        label={`Score, mean of ${plural(score.scoredRuns, 'run')} in 30 days`}
      />
      <AgentNav name={initial.name} current={tab} runs={score.runs} openIncidents={agent.openIncidents} />
      {tab === 'overview' ? <OverviewTab agent={agent} ladder={ladder} /> : null}
      {tab === 'runs' ? <RunsTab agent={agent} runs={data.runs} /> : null}
      {tab === 'incidents' ? <IncidentsTab agent={agent} incidents={data.incidents} /> : null}
    </>
  );
}

function OverviewTab({ agent, ladder }: { agent: AgentDetail; ladder: ReactNode }) {
  const { score } = agent;
  const runsOfDay = `/runs?agent=${encodeURIComponent(agent.name)}&from={x}&to={x}`;
  const marks = agent.versionMarks.map(({ day, label }) => ({ x: day, label, kind: 'version' as const }));
  return (
    <Columns>
      <Stack>
        <Chart
          title={scoreReading(agent)}
          label="mean score by day"
          kind="line"
          unit="score"
          domain={[0, 100]}
          series={[{ key: 'score', label: 'score', colour: 'var(--ink-2)' }]}
          points={agent.days.map((day) => ({ x: day.day, score: day.score }))}
          marks={marks}
          href={runsOfDay}
        />
        <Chart
          title={bandReading(agent)}
          label="runs a day by band"
          series={[
            { key: 'low', label: 'low', colour: 'var(--line-strong)' },
            { key: 'medium', label: 'medium', colour: 'var(--medium)', texture: 'dots' },
            { key: 'high', label: 'high', colour: 'var(--high)', texture: 'hatch' },
            { key: 'critical', label: 'critical', colour: 'var(--critical)' },
          ]}
          points={agent.days.map(({ day, low, medium, high, critical }) => ({
            x: day,
            low,
            medium,
            high,
            critical,
          }))}
          marks={marks}
          href={runsOfDay}
        />
        <Tools agent={agent} />
      </Stack>
      <Stack>
        {agent.ladder === null ? null : ladder}
        <Sheet title="Figures" label="30 days">
          <FactRows
            rows={[
              {
                name: 'Runs silent',
                value: `${formatCount(score.silentRuns)} of ${formatCount(score.runs)}${
                  score.runs === 0 ? '' : `, ${formatPercent(score.silentRuns / score.runs)}`
                }`,
              },
              ...(score.askedOnlyRuns === 0
                ? []
                : [
                    {
                      name: 'Runs that only asked for decisions',
                      value: formatCount(score.askedOnlyRuns),
                    },
                  ]),
              {
                name: 'Cost a run',
                value: score.runs === 0 ? '–' : <Money usd={score.costPerRunUsd} />,
              },
              ...(score.unpricedRuns === 0
                ? []
                : [
                    {
                      name: 'Runs with unpriced calls, left out of it',
                      value: formatCount(score.unpricedRuns),
                    },
                  ]),
              { name: 'Known since', value: <RelativeTime at={agent.createdAt} /> },
              { name: 'In telemetry', value: <span className="code">{agent.name}</span> },
              ...(agent.aliases.length === 0
                ? []
                : [{ name: 'Also as', value: <span className="code">{agent.aliases.join(', ')}</span> }]),
            ]}
          />
        </Sheet>
        <OwnersSheet agent={agent} />
        {agent.ladder === null ? ladder : null}
      </Stack>
    </Columns>
  );
}

/** What the line says: where it stands, and where it was lowest. */
function scoreReading({ days, score }: AgentDetail): string {
  const scored = days.flatMap((day) => (day.score === null ? [] : [{ day: day.day, score: day.score }]));
  if (score.score === null || scored.length === 0) return 'No run was scored in 30 days';
  const lowest = scored.reduce((low, day) => (day.score < low.score ? day : low));
  const now = `Score ${formatNumber(score.score, 0)}`;
  return scored.length === 1
    ? `${now}, on one day`
    : `${now}; lowest ${formatNumber(lowest.score, 0)} on ${formatDate(`${lowest.day}T12:00:00Z`, 'UTC')}`;
}

function bandReading({ days }: AgentDetail): string {
  const sum = (band: 'low' | 'medium' | 'high' | 'critical') =>
    days.reduce((total, day) => total + day[band], 0);
  const all = sum('low') + sum('medium') + sum('high') + sum('critical');
  if (all === 0) return 'No run in 30 days';
  const severe = sum('high') + sum('critical');
  if (severe > 0) return `${formatCount(severe)} of ${plural(all, 'run')} came to high or critical risk`;
  return sum('medium') > 0
    ? `No high risk; ${formatCount(sum('medium'))} of ${plural(all, 'run')} medium`
    : `All ${plural(all, 'run')} at low risk`;
}

function Tools({ agent }: { agent: AgentDetail }) {
  const { tools, contract } = agent;
  const unknown = tools.filter((tool) => !tool.known).length;
  return (
    <Sheet
      title={
        unknown === 0 ? 'Tools it was seen to call' : `${plural(unknown, 'tool')} the contract does not list`
      }
      label={`latest ${plural(agent.toolsFromRuns, 'run')}`}
    >
      {tools.length === 0 ? (
        <SheetBody className="text-sm text-ink-2">It has not called a tool yet.</SheetBody>
      ) : (
        <Table label="Observed tools">
          <thead>
            <tr>
              <Th>Tool</Th>
              <Th>Contract</Th>
              <Th numeric>Calls</Th>
              <Th numeric>Runs</Th>
              <Th numeric>Last called</Th>
            </tr>
          </thead>
          <tbody>
            {tools.map((tool) => (
              <Tr key={tool.name}>
                <Td wrap className="min-w-32!">
                  <Link
                    href={`/runs?agent=${encodeURIComponent(agent.name)}&tool=${encodeURIComponent(tool.name)}`}
                    className="prose-link code [overflow-wrap:anywhere]"
                  >
                    {tool.name}
                  </Link>
                </Td>
                <Td>
                  {tool.known ? (
                    <span className="text-ink-2">listed</span>
                  ) : contract?.anyTool ? (
                    <Tag tone="medium">unknown</Tag>
                  ) : (
                    <Tag tone="critical">not allowed</Tag>
                  )}
                </Td>
                <Td numeric>{formatCount(tool.calls)}</Td>
                <Td numeric>{formatCount(tool.runs)}</Td>
                <Td numeric className="text-ink-2">
                  <RelativeTime at={tool.lastCalledAt} focusable={false} />
                </Td>
              </Tr>
            ))}
          </tbody>
        </Table>
      )}
      {agent.unusedTools.length === 0 ? null : (
        <SheetFoot>
          Listed but not called:{' '}
          <span className="code [overflow-wrap:anywhere]">{agent.unusedTools.join(', ')}</span>
        </SheetFoot>
      )}
    </Sheet>
  );
}

function OwnersSheet({ agent }: { agent: AgentDetail }) {
  const { owners, contract } = agent;
  if (owners === null) return null;
  return (
    <Sheet title="Who answers for it" label={contract?.own ? 'by its contract' : 'by the workspace defaults'}>
      <FactRows
        rows={[
          { name: 'Owner', value: <Named person={owners.owner} /> },
          { name: 'Sponsor', value: <Named person={owners.sponsor} /> },
          { name: 'Engineering lead', value: <Named person={owners.engineeringLead} /> },
          { name: 'QA', value: <Named person={owners.qa} /> },
          { name: 'GRC', value: <Named person={owners.grc} /> },
          { name: 'Operator on call', value: <Named person={owners.operator} /> },
          { name: 'SRE', value: <Named person={owners.sre} /> },
          ...owners.escalation.map((step) => ({
            key: `${step.afterMinutes} ${step.to.email}`,
            name: `To be told after ${formatNumber(step.afterMinutes)} min`,
            value: <Named person={step.to} />,
          })),
        ]}
      />
    </Sheet>
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
