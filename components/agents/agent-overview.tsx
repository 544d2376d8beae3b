'use client';

import Link from 'next/link';
import type { ReactNode } from 'react';
import { Named } from '@/components/incidents/named';
import { RECORDED } from '@/components/runs/links';
import { Money } from '@/components/ui/measure';
import { RelativeTime } from '@/components/ui/relative-time';
import { Columns, FactRows, Sheet, SheetBody, SheetFoot, Stack } from '@/components/ui/sheet';
import { Table, Td, Th, Tr } from '@/components/ui/table';
import { Tag } from '@/components/ui/tag';
import { formatCount, formatNumber, formatPercent, plural } from '@/lib/format';
import type { AgentTrend } from '@/lib/services/agents/agent-trend';
import type { AgentDetail } from '@/lib/services/agents/get-agent';
import type { NeedsEyes } from '@/lib/services/agents/needs-eyes';
import { AgentTrendCharts } from './agent-trend-charts';
import { RunsToLookAt } from './runs-to-look-at';

/** How an agent is doing, what of it asks for a person, and who answers for it. */
export function AgentOverview({
  agent,
  trend,
  eyes,
  ladder,
  silence,
  runsOf,
}: {
  agent: AgentDetail;
  trend: AgentTrend;
  eyes: NeedsEyes;
  ladder: ReactNode;
  /** What reviews say of the runs that nobody was told of. */
  silence: ReactNode;
  /** Where the runs of the 30 days are listed, narrowed further by a query. */
  runsOf: (query: string) => string;
}) {
  const { score } = agent;
  return (
    <Columns>
      <Stack>
        <RunsToLookAt initial={eyes} agent={agent.name} />
        <AgentTrendCharts agent={agent.name} initial={trend} />
        <Tools agent={agent} />
      </Stack>
      <Stack>
        {agent.ladder === null ? null : ladder}
        <Sheet title="Figures" label="30 days">
          <FactRows
            rows={[
              {
                name: 'Runs silent',
                value: (
                  <>
                    <Link href={runsOf('silent=1')} prefetch={false} className="prose-link">
                      {formatCount(score.silentRuns)}
                    </Link>{' '}
                    of{' '}
                    <Link href={runsOf(RECORDED)} prefetch={false} className="prose-link">
                      {formatCount(score.runs)}
                    </Link>
                    {score.runs === 0 ? '' : `, ${formatPercent(score.silentRuns / score.runs)}`}
                  </>
                ),
              },
              ...(score.askedOnlyRuns === 0
                ? []
                : [
                    {
                      name: 'Runs that only asked for decisions',
                      value: (
                        <Link href={runsOf('askedOnly=1')} prefetch={false} className="prose-link">
                          {formatCount(score.askedOnlyRuns)}
                        </Link>
                      ),
                    },
                  ]),
              {
                name: 'Model cost a run',
                value:
                  score.runs === 0 ? (
                    '–'
                  ) : (
                    <Link href={runsOf(`${RECORDED}&sort=cost`)} prefetch={false} className="prose-link">
                      <Money usd={score.costPerRunUsd} />
                    </Link>
                  ),
              },
              ...(score.unpricedRuns === 0
                ? []
                : [
                    {
                      name: 'Runs with unpriced calls, left out of it',
                      value: (
                        <Link href={runsOf('unpriced=1')} prefetch={false} className="prose-link">
                          {formatCount(score.unpricedRuns)}
                        </Link>
                      ),
                    },
                  ]),
              {
                name: 'Versions it ran under',
                value: (
                  <Link
                    href={`/agents/${encodeURIComponent(agent.name)}/versions`}
                    prefetch={false}
                    className="prose-link"
                  >
                    Compare
                  </Link>
                ),
              },
              {
                name: agent.discovered ? 'First heard of' : 'Added',
                value: <RelativeTime at={agent.createdAt} />,
              },
              { name: 'In telemetry', value: <span className="code">{agent.name}</span> },
              ...(agent.aliases.length === 0
                ? []
                : [{ name: 'Also as', value: <span className="code">{agent.aliases.join(', ')}</span> }]),
            ]}
          />
        </Sheet>
        {silence}
        <OwnersSheet agent={agent} />
        {agent.ladder === null ? ladder : null}
      </Stack>
    </Columns>
  );
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
              <Th className="max-md:hidden">Contract</Th>
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
                    href={`/runs?agent=${encodeURIComponent(agent.name)}&tool=${encodeURIComponent(tool.name)}${agent.toolsSince === null ? '' : `&from=${agent.toolsSince}`}`}
                    className="prose-link code [overflow-wrap:anywhere]"
                  >
                    {tool.name}
                  </Link>
                  {tool.known ? null : (
                    <span className="block md:hidden">
                      <Listed known={false} anyTool={contract?.anyTool === true} />
                    </span>
                  )}
                </Td>
                <Td className="max-md:hidden">
                  <Listed known={tool.known} anyTool={contract?.anyTool === true} />
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

function Listed({ known, anyTool }: { known: boolean; anyTool: boolean }) {
  if (known) return <span className="text-ink-2">listed</span>;
  return anyTool ? <Tag tone="medium">unknown</Tag> : <Tag tone="critical">not allowed</Tag>;
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
