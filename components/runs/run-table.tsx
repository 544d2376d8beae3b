'use client';

import Link from 'next/link';
import type { ComponentProps } from 'react';
import { bandColour } from '@/components/ui/band';
import { LaneTag } from '@/components/ui/lane-tag';
import { Count, Duration, Money } from '@/components/ui/measure';
import { RelativeTime } from '@/components/ui/relative-time';
import { SortMark } from '@/components/ui/sort-mark';
import { Td as Cell, Th as Head, Table, Tr } from '@/components/ui/table';
import { Tag } from '@/components/ui/tag';
import { formatDuration, formatMoney, formatNumber, plural } from '@/lib/format';
import type { RunSort } from '@/lib/services/runs/run-filters';
import type { RunRow } from '@/lib/services/runs/run-row';
import { runHref } from './links';
import { RunBand } from './run-band';
import { RunStatus } from './run-status';

/** Eleven columns: closer together than elsewhere. */
const CLOSE = 'px-2! first:pl-3.5!';
function Th({ className = '', ...rest }: ComponentProps<typeof Head>) {
  return <Head {...rest} className={`${CLOSE} ${className}`} />;
}
function Td({ className = '', ...rest }: ComponentProps<typeof Cell>) {
  return <Cell {...rest} className={`${CLOSE} ${className}`} />;
}

interface Sorting {
  sort: RunSort;
  order: 'asc' | 'desc';
  onSort: (sort: { sort: RunSort; order: 'asc' | 'desc' }) => void;
}

/** What is told of a run beside its name, only when there is something to tell. */
export function RunMarks({ run }: { run: RunRow }) {
  return (
    <>
      {run.incident === null ? null : <Tag tone="critical">INC-{run.incident.number}</Tag>}
      {run.unknownTools.length === 0 ? null : (
        <span className="relative z-10" title={`Not in the contract: ${run.unknownTools.join(', ')}`}>
          <Tag tone="medium">
            ?<span className="sr-only"> {plural(run.unknownTools.length, 'unknown tool')}</span>
          </Tag>
        </span>
      )}
    </>
  );
}

/** The cost of a run in words, for a line of text. */
export function costText(run: Pick<RunRow, 'costUsd' | 'unpricedCalls' | 'modelCalls'>): string {
  if (run.unpricedCalls === 0) return formatMoney(run.costUsd);
  return run.costUsd === 0 ? 'unpriced' : `over ${formatMoney(run.costUsd)}`;
}

/** A figure of a run that nothing was recorded of. */
function Unknown() {
  return <span className="text-ink-3">–</span>;
}

/** Risk in points, beside what the contract calls critical. */
export function RunRisk({ run }: { run: Pick<RunRow, 'band' | 'risk' | 'riskLimit'> }) {
  if (run.band === null) return <Unknown />;
  return (
    <span title={run.riskLimit === null ? undefined : `Critical from ${formatNumber(run.riskLimit, 1)}`}>
      <span className={run.band === 'low' ? '' : bandColour(run.band)}>{formatNumber(run.risk, 1)}</span>
      {run.riskLimit === null ? null : (
        <span className="text-ink-3 max-md:hidden"> of {formatNumber(run.riskLimit, 1)}</span>
      )}
    </span>
  );
}

/** How long a run took in words, for a line of text: what it waited for people is told apart. */
export function durationText(run: Pick<RunRow, 'durationMs' | 'waitedMs'>): string {
  if (run.waitedMs === 0) return formatDuration(run.durationMs);
  return `${formatDuration(run.durationMs)} of work, ${formatDuration(run.waitedMs)} waiting`;
}

/** How long a run took, without what it waited for people. */
export function RunDuration({ run }: { run: Pick<RunRow, 'band' | 'durationMs' | 'waitedMs'> }) {
  if (run.band === null) return <Unknown />;
  if (run.waitedMs === 0) return <Duration ms={run.durationMs} />;
  return <span title={durationText(run)}>{formatDuration(run.durationMs)}</span>;
}

/** The cost of a run; says when a part of it has no price. */
export function RunCost({ run }: { run: Pick<RunRow, 'band' | 'costUsd' | 'unpricedCalls' | 'modelCalls'> }) {
  if (run.band === null) return <Unknown />;
  if (run.unpricedCalls === 0) return <Money usd={run.costUsd} />;
  if (run.costUsd === 0) return <Money usd={null} />;
  return (
    <span title={`${plural(run.unpricedCalls, 'model call')} without a price`}>
      over <Money usd={run.costUsd} />
    </span>
  );
}

export function RunTable({
  rows,
  sorting,
  peeking,
  withAgent = true,
}: {
  rows: readonly RunRow[];
  /** Left out: the columns cannot be sorted. */
  sorting?: Sorting;
  /** The run whose preview is open; left out: there is no preview. */
  peeking?: { peek: string; onPeek: (id: string) => void };
  withAgent?: boolean;
}) {
  const sortable = sorting === undefined ? {} : { sorting };
  return (
    <Table label="Runs">
      <thead>
        <tr>
          <Th>Run</Th>
          {withAgent ? <Th className="max-md:hidden">Agent</Th> : null}
          <Th className="max-md:hidden">Status</Th>
          <Th>Band</Th>
          <Th className="max-md:hidden">Answer</Th>
          <Th numeric className="max-lg:hidden">
            Breaches
          </Th>
          <SortableTh by="risk" {...sortable}>
            Risk
          </SortableTh>
          <SortableTh by="cost" {...sortable} className="max-md:hidden">
            Cost
          </SortableTh>
          <Th numeric className="max-lg:hidden">
            Tokens
          </Th>
          <SortableTh by="duration" {...sortable} className="max-md:hidden">
            Duration
          </SortableTh>
          <SortableTh by="started" {...sortable}>
            Started
          </SortableTh>
          {peeking === undefined ? null : (
            <Th className="w-8 max-md:hidden">
              <span className="sr-only">Preview</span>
            </Th>
          )}
        </tr>
      </thead>
      <tbody>
        {rows.map((run) => (
          <Tr key={run.id} linked tone={run.id === peeking?.peek ? 'chosen' : 'plain'}>
            <Td className="max-w-44">
              <span className="flex items-center gap-2">
                <Link
                  prefetch={false}
                  href={runHref(run)}
                  className="row-link code truncate max-md:max-w-28"
                  title={run.key}
                >
                  {run.key}
                </Link>
                <span className="inline-flex gap-1 max-md:hidden">
                  <RunMarks run={run} />
                </span>
              </span>
            </Td>
            {withAgent ? (
              <Td className="max-w-40 truncate max-md:hidden" title={run.agent.displayName}>
                {run.agent.displayName}
              </Td>
            ) : null}
            <Td className="max-md:hidden">
              <RunStatus status={run.status} />
            </Td>
            <Td>
              <RunBand run={run} />
              {run.lane === 'allow' ? null : (
                <span className="block text-xs md:hidden">
                  <LaneTag lane={run.lane} />
                </span>
              )}
            </Td>
            <Td className="max-md:hidden">
              <LaneTag lane={run.lane} />
            </Td>
            <Td numeric className={`max-lg:hidden ${run.breachCount > 0 ? 'text-critical' : 'text-ink-3'}`}>
              {run.breachCount}
            </Td>
            <Td numeric>
              <RunRisk run={run} />
            </Td>
            <Td numeric className="max-md:hidden">
              <RunCost run={run} />
            </Td>
            <Td numeric className="max-lg:hidden">
              {run.band === null ? <Unknown /> : <Count value={run.inputTokens + run.outputTokens} compact />}
            </Td>
            <Td numeric className="max-md:hidden">
              <RunDuration run={run} />
            </Td>
            <Td numeric className="text-ink-2">
              <RelativeTime at={run.startedAt} focusable={false} />
            </Td>
            {peeking === undefined ? null : (
              <Td className="max-md:hidden">
                <PeekButton
                  run={run}
                  on={run.id === peeking.peek}
                  onPress={() => peeking.onPeek(run.id === peeking.peek ? '' : run.id)}
                />
              </Td>
            )}
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}

function PeekButton({ run, on, onPress }: { run: RunRow; on: boolean; onPress: () => void }) {
  return (
    <button
      type="button"
      aria-label={`Preview ${run.key}`}
      aria-pressed={on}
      title="Preview"
      onClick={onPress}
      className="relative z-10 grid size-7 place-items-center rounded-md text-ink-3 hover:bg-line hover:text-ink aria-pressed:text-accent"
    >
      <svg
        viewBox="0 0 16 16"
        className="size-4"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.4"
        aria-hidden="true"
      >
        <rect x="2" y="3" width="12" height="10" rx="1.5" />
        <path d="M9.5 3v10" />
      </svg>
    </button>
  );
}

function SortableTh({
  by,
  sorting,
  children,
  className = '',
}: {
  by: RunSort;
  sorting?: Sorting;
  children: string;
  className?: string;
}) {
  if (sorting === undefined)
    return (
      <Th numeric className={className}>
        {children}
      </Th>
    );
  const { sort, order, onSort } = sorting;
  const on = sort === by;
  return (
    <Th
      numeric
      className={className}
      aria-sort={on ? (order === 'asc' ? 'ascending' : 'descending') : undefined}
    >
      <button
        type="button"
        onClick={() => onSort({ sort: by, order: on && order === 'desc' ? 'asc' : 'desc' })}
        className={`inline-flex items-center gap-1 rounded-sm hover:text-ink ${on ? 'text-ink' : ''}`}
      >
        {children}
        <SortMark state={on ? order : null} />
      </button>
    </Th>
  );
}
