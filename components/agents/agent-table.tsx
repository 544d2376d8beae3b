'use client';

import Link from 'next/link';
import type { ReactNode } from 'react';
import { LadderMark } from '@/components/ladder/ladder-mark';
import { Band } from '@/components/ui/band';
import { Money } from '@/components/ui/measure';
import { RelativeTime } from '@/components/ui/relative-time';
import { SortMark } from '@/components/ui/sort-mark';
import { Sparkline } from '@/components/ui/sparkline';
import { Table, Td, Th, Tr } from '@/components/ui/table';
import { Tag } from '@/components/ui/tag';
import { alignDecimals, formatCount, formatMoney, formatNumber } from '@/lib/format';
import { STAGE_TITLES } from '@/lib/lifecycle/stages';
import type { AgentSort } from '@/lib/services/agents/agent-filters';
import type { AgentRow } from '@/lib/services/agents/list-agents';

export function agentHref(agent: { name: string }): string {
  return `/agents/${encodeURIComponent(agent.name)}`;
}

interface Sorting {
  sort: AgentSort;
  order: 'asc' | 'desc';
  onSort: (sort: AgentSort) => void;
}

/** Agents with their figures of 30 days. `sorting` makes the columns sortable; `full` adds when it last ran. */
export function AgentTable({
  rows,
  sorting,
  full = false,
  days = 30,
}: {
  rows: readonly AgentRow[];
  sorting?: Sorting;
  full?: boolean;
  /** What the figures look back on. */
  days?: number;
}) {
  const head = (by: AgentSort, text: string, numeric = false, className = '') => (
    <SortTh by={by} numeric={numeric} className={className} {...(sorting === undefined ? {} : { sorting })}>
      {text}
    </SortTh>
  );
  const costs = alignDecimals(
    rows.map((row) => (row.costPerRunUsd === null ? '' : formatMoney(row.costPerRunUsd))),
  );
  const scores = alignDecimals(rows.map((row) => (row.score === null ? '' : formatNumber(row.score, 1))));
  return (
    <Table label="Table of agents">
      <thead>
        <tr>
          {head('name', 'Agent')}
          <Th className="max-md:hidden">Stage</Th>
          {head('band', 'Worst band')}
          <Th className="max-md:hidden">Contract</Th>
          {head('score', 'Score', true)}
          <Th className="max-lg:hidden">{days} days</Th>
          {head('silent', 'Silent', true, 'max-md:hidden')}
          {head('cost', 'Model cost a run', true, 'max-md:hidden')}
          <Th className="max-lg:hidden">Sponsor</Th>
          {full ? head('last', 'Last run', true, 'max-lg:hidden') : null}
        </tr>
      </thead>
      <tbody>
        {rows.map((agent, index) => (
          <Tr key={agent.id} linked>
            <Td wrap className={`max-w-64 min-w-36!`}>
              <span className="inline-flex flex-wrap items-center gap-x-2">
                <Link href={agentHref(agent)} prefetch={false} className="row-link font-medium break-words">
                  {agent.displayName}
                </Link>
                {agent.stopped ? <Tag tone="critical">stopped</Tag> : null}
                <LadderMark mark={agent.ladder} />
                {agent.discovered ? <Tag tone="medium">discovered</Tag> : null}
              </span>
            </Td>
            <Td className="text-ink-2 max-md:hidden">{STAGE_TITLES[agent.stage]}</Td>
            <Td>{agent.worstBand === null ? <Unknown>no runs</Unknown> : <Band band={agent.worstBand} />}</Td>
            <Td className="max-w-32 truncate text-ink-2 max-md:hidden">{contractWord(agent)}</Td>
            <Td numeric>{agent.score === null ? <Unknown>unknown</Unknown> : scores[index]}</Td>
            <Td className="max-lg:hidden">
              <Sparkline
                values={agent.scoreByDay}
                low={40}
                high={100}
                label={`Mean score of runs by day, ${days} days`}
              />
            </Td>
            <Td numeric className="max-md:hidden">
              {formatCount(agent.silentRuns)} of {formatCount(agent.runs)}
            </Td>
            <Td numeric className="max-md:hidden">
              {agent.runs === 0 ? (
                <Unknown>–</Unknown>
              ) : (
                <Money usd={agent.costPerRunUsd} text={costs[index]} />
              )}
            </Td>
            <Td className="max-w-32 truncate text-ink-2 max-lg:hidden" title={agent.sponsor ?? undefined}>
              {agent.sponsor ?? '–'}
            </Td>
            {full ? (
              <Td numeric className="text-ink-2 max-lg:hidden">
                {agent.lastRunAt === null ? 'never' : <RelativeTime at={agent.lastRunAt} focusable={false} />}
              </Td>
            ) : null}
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}

/** "v1.3", "defaults" or "none": what the agent is held to. */
export function contractWord({ contract }: Pick<AgentRow, 'contract'>): string {
  if (contract === null) return 'none';
  return contract.own ? `v${contract.name ?? contract.number}` : 'defaults';
}

function Unknown({ children }: { children: ReactNode }) {
  return <span className="text-ink-3">{children}</span>;
}

function SortTh({
  by,
  numeric,
  className,
  sorting,
  children,
}: {
  by: AgentSort;
  numeric: boolean;
  className: string;
  sorting?: Sorting;
  children: string;
}) {
  if (sorting === undefined)
    return (
      <Th numeric={numeric} className={className}>
        {children}
      </Th>
    );
  const on = sorting.sort === by;
  return (
    <Th
      numeric={numeric}
      className={className}
      aria-sort={on ? (sorting.order === 'asc' ? 'ascending' : 'descending') : undefined}
    >
      <button
        type="button"
        onClick={() => sorting.onSort(by)}
        className={`inline-flex items-center gap-1 rounded-sm hover:text-ink ${on ? 'text-ink' : ''}`}
      >
        {children}
        <SortMark state={on ? sorting.order : null} />
      </button>
    </Th>
  );
}
