'use client';

import Link from 'next/link';
import type { ComponentProps } from 'react';
import { LaneTag } from '@/components/ui/lane-tag';
import { Count } from '@/components/ui/measure';
import { RelativeTime } from '@/components/ui/relative-time';
import { SortMark } from '@/components/ui/sort-mark';
import { Td as Cell, Th as Head, Table, Tr } from '@/components/ui/table';
import { formatCount, formatNumber } from '@/lib/format';
import { type RunColumn, USUAL_RUN_COLUMNS } from '@/lib/services/runs/run-columns';
import type { RunSort } from '@/lib/services/runs/run-filters';
import type { RunRow } from '@/lib/services/runs/run-row';
import { runHref } from './links';
import { RunBand } from './run-band';
import { RUN_COLUMN_TITLES } from './run-column-titles';
import { RunCost, RunDuration, RunMarks, RunRisk, Unknown } from './run-figures';
import { RunStatus } from './run-status';

/** Many columns: closer together than elsewhere. */
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

/** The columns that can be sorted, and by what. */
const SORTED: Partial<Record<RunColumn, RunSort>> = {
  risk: 'risk',
  score: 'score',
  cost: 'cost',
  duration: 'duration',
  started: 'started',
};
const NUMERIC: ReadonlySet<RunColumn> = new Set([
  'breaches',
  'risk',
  'score',
  'risk-score',
  'quality-score',
  'cost-score',
  'cost',
  'tokens',
  'model-calls',
  'tool-calls',
  'spans',
  'errors',
  'duration',
  'started',
]);
/** Where nobody has chosen columns, narrow screens leave some of the usual ones out. */
const FROM: Partial<Record<RunColumn, string>> = {
  agent: 'max-md:hidden',
  status: 'max-md:hidden',
  answer: 'max-md:hidden',
  breaches: 'max-lg:hidden',
  cost: 'max-md:hidden',
  tokens: 'max-lg:hidden',
  duration: 'max-md:hidden',
};

export function RunTable({
  rows,
  sorting,
  peeking,
  choosing,
  columns,
  withAgent = true,
  hrefOf = runHref,
}: {
  rows: readonly RunRow[];
  /** Left out: the columns cannot be sorted. */
  sorting?: Sorting;
  /** The run whose preview is open; left out: there is no preview. */
  peeking?: { peek: string; onPeek: (id: string) => void };
  /** Runs picked out by a box each; left out: there are no boxes. */
  choosing?: { chosen: readonly string[]; onChoose: (id: string) => void };
  /** What somebody chose, shown on every screen; left out: the usual ones, as far as there is room. */
  columns?: readonly RunColumn[];
  withAgent?: boolean;
  /** Where a row leads; left out: to the run. */
  hrefOf?: (run: RunRow) => string;
}) {
  const shown = (columns ?? USUAL_RUN_COLUMNS).filter((column) => withAgent || column !== 'agent');
  const room = (column: RunColumn) => (columns === undefined ? (FROM[column] ?? '') : '');
  return (
    <Table label="Runs">
      <thead>
        <tr>
          {choosing === undefined ? null : (
            <Th className="w-8 max-md:hidden">
              <span className="sr-only">Choose</span>
            </Th>
          )}
          <Th>Run</Th>
          {shown.map((column) => {
            const by = SORTED[column];
            return by !== undefined && sorting !== undefined ? (
              <SortableTh key={column} by={by} sorting={sorting} className={room(column)}>
                {RUN_COLUMN_TITLES[column]}
              </SortableTh>
            ) : (
              <Th key={column} numeric={NUMERIC.has(column)} className={room(column)}>
                {RUN_COLUMN_TITLES[column]}
              </Th>
            );
          })}
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
            {choosing === undefined ? null : (
              <Td className="pr-0! max-md:hidden">
                <label className="relative z-10 grid size-6 place-items-center">
                  <span className="sr-only">Choose {run.key}</span>
                  <input
                    type="checkbox"
                    checked={choosing.chosen.includes(run.id)}
                    onChange={() => choosing.onChoose(run.id)}
                    className="size-4 accent-(--accent)"
                  />
                </label>
              </Td>
            )}
            <Td className="max-w-44">
              <span className="flex items-center gap-2">
                <Link
                  prefetch={false}
                  href={hrefOf(run)}
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
            {shown.map((column) => (
              <Td
                key={column}
                numeric={NUMERIC.has(column)}
                className={`${room(column)} ${lookOf(column, run)}`}
                title={titleOf(column, run)}
              >
                <Value column={column} run={run} withAnswer={columns === undefined} />
              </Td>
            ))}
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

function lookOf(column: RunColumn, run: RunRow): string {
  if (column === 'agent' || column === 'unit') return 'max-w-40 truncate';
  if (column === 'breaches') return run.breachCount > 0 ? 'text-critical' : 'text-ink-3';
  return column === 'started' ? 'text-ink-2' : '';
}

function titleOf(column: RunColumn, run: RunRow): string | undefined {
  if (column === 'agent') return run.agent.displayName;
  return column === 'unit' ? (run.agent.businessUnit ?? undefined) : undefined;
}

/** A run's figure in one column; what nothing was recorded of has none. */
function Value({ column, run, withAnswer }: { column: RunColumn; run: RunRow; withAnswer: boolean }) {
  const recorded = run.band !== null;
  switch (column) {
    case 'agent':
      return run.agent.displayName;
    case 'unit':
      return run.agent.businessUnit ?? <Unknown />;
    case 'status':
      return <RunStatus status={run.status} />;
    case 'band':
      return (
        <>
          <RunBand run={run} />
          {withAnswer && run.lane !== 'allow' ? (
            <span className="block text-xs md:hidden">
              <LaneTag lane={run.lane} />
            </span>
          ) : null}
        </>
      );
    case 'answer':
      return <LaneTag lane={run.lane} />;
    case 'breaches':
      return run.breachCount;
    case 'incident':
      return run.incident === null ? <Unknown /> : `INC-${run.incident.number}`;
    case 'risk':
      return <RunRisk run={run} />;
    case 'score':
      return <Score value={run.score} />;
    case 'risk-score':
      return <Score value={run.pillars.risk} />;
    case 'quality-score':
      return <Score value={run.pillars.quality} />;
    case 'cost-score':
      return <Score value={run.pillars.cost} />;
    case 'cost':
      return <RunCost run={run} />;
    case 'tokens':
      return recorded ? <Count value={run.inputTokens + run.outputTokens} compact /> : <Unknown />;
    case 'model-calls':
      return recorded ? formatCount(run.modelCalls) : <Unknown />;
    case 'tool-calls':
      return recorded ? formatCount(run.toolCalls) : <Unknown />;
    case 'spans':
      return formatCount(run.spanCount);
    case 'errors':
      return recorded ? formatCount(run.errorCount) : <Unknown />;
    case 'duration':
      return <RunDuration run={run} />;
    case 'contract':
      return run.contract === null ? (
        <Unknown />
      ) : run.contract.ofAgent ? (
        `v${run.contract.name ?? run.contract.number}`
      ) : (
        'defaults'
      );
    case 'started':
      return <RelativeTime at={run.startedAt} focusable={false} />;
  }
}

function Score({ value }: { value: number | null }) {
  return value === null ? <span className="text-ink-3">unknown</span> : formatNumber(value, 1);
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
  sorting: Sorting;
  children: string;
  className?: string;
}) {
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
