'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useQueryStates } from 'nuqs';
import type { ComponentProps, ReactNode } from 'react';
import { BY_SCORE, RECORDED } from '@/components/runs/links';
import { fetchJson } from '@/components/shell/fetch-json';
import { useSlowLive } from '@/components/shell/use-slow-live';
import { ButtonLink } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { PageHeader } from '@/components/ui/page-header';
import { Sheet, SheetFoot } from '@/components/ui/sheet';
import { SortMark } from '@/components/ui/sort-mark';
import { Td as Cell, Th as Head, Table } from '@/components/ui/table';
import { WindowNav } from '@/components/ui/window-nav';
import { formatCount, formatMoney, formatNumber, formatPercent, plural } from '@/lib/format';
import { STAGE_TITLES, STAGES } from '@/lib/lifecycle/stages';
import type { Estate, EstateUnit } from '@/lib/services/overview/get-estate';
import { type EstateSort, estateParsers, sortUnits, usualEstateOrder } from './estate-search';

const WINDOWS = [7, 30, 90] as const;
/** Told beneath the name on a phone. */
const WIDE = 'max-md:hidden';
/** Many columns: closer together than elsewhere. */
const CLOSE = 'px-2! first:pl-3.5! last:pr-3.5!';
function Th({ className = '', ...rest }: ComponentProps<typeof Head>) {
  return <Head {...rest} className={`${CLOSE} ${className}`} />;
}
function Td({ className = '', ...rest }: ComponentProps<typeof Cell>) {
  return <Cell {...rest} className={`${CLOSE} ${className}`} />;
}

/** Every business unit with its agents, their score and pillars, what was silent, what is open and what it cost. */
export function EstatePage({ initial }: { initial: Estate }) {
  const { days } = initial;
  const { data: estate } = useQuery({
    queryKey: ['agent', 'estate', days],
    queryFn: ({ signal }) => fetchJson<Estate>(`/api/overview/estate?days=${days}`, signal),
    initialData: initial,
  });
  useSlowLive(['agent', 'estate', days], ['run', 'incident', 'contract', 'signal']);
  const { whole, units } = estate;
  return (
    <>
      <PageHeader
        crumbs={[{ label: 'Overview', href: '/' }, { label: 'Estate' }]}
        title="Estate by business unit"
        facts={[
          plural(units.length, 'unit'),
          `${plural(whole.agents, 'agent')}, ${formatCount(whole.byStage.production)} in production`,
          whole.runs === 0
            ? null
            : `${plural(whole.runs, 'run')} in ${days} days, ${formatPercent(whole.silentRuns / whole.runs)} silent`,
        ]}
        actions={
          <WindowNav
            label="Days shown"
            windows={WINDOWS}
            current={days}
            hrefOf={(window) => (window === 30 ? '/overview/estate' : `/overview/estate?days=${window}`)}
          />
        }
      />
      {units.length === 0 ? (
        <EmptyState title="No agent yet" action={<ButtonLink href="/agents">Open agents</ButtonLink>}>
          The first agent that is proposed, imported or heard of in telemetry stands here under its business
          unit.
        </EmptyState>
      ) : (
        <Units estate={estate} />
      )}
    </>
  );
}

function Units({ estate }: { estate: Estate }) {
  const [{ sort, order }, setSearch] = useQueryStates(estateParsers, { history: 'push' });
  const onSort = (by: EstateSort) => {
    const now = order ?? usualEstateOrder(sort);
    void setSearch({
      sort: by,
      order: by === sort ? (now === 'asc' ? 'desc' : 'asc') : usualEstateOrder(by),
    });
  };
  const head = (by: EstateSort, text: string, numeric = true, className = '') => (
    <Th
      numeric={numeric}
      className={className}
      aria-sort={
        sort === by ? ((order ?? usualEstateOrder(by)) === 'asc' ? 'ascending' : 'descending') : undefined
      }
    >
      <button
        type="button"
        onClick={() => onSort(by)}
        className={`inline-flex items-center gap-1 rounded-sm hover:text-ink ${sort === by ? 'text-ink' : ''}`}
      >
        {text}
        <SortMark state={sort === by ? (order ?? usualEstateOrder(by)) : null} />
      </button>
    </Th>
  );
  return (
    <Sheet title={headline(estate)} label={`${estate.days} days, today included`}>
      <Table label="Business units">
        <thead>
          <tr>
            {head('unit', 'Business unit', false)}
            {head('agents', 'Agents', true, WIDE)}
            <Th className="max-md:hidden">By stage</Th>
            {head('score', 'Score')}
            {['Risk', 'Quality', 'Cost', 'Measured'].map((title) => (
              <Th key={title} numeric className={WIDE}>
                {title}
              </Th>
            ))}
            {head('silent', 'Silent')}
            {head('incidents', 'Open')}
            {head('cost', 'Spent', true, WIDE)}
          </tr>
        </thead>
        <tbody>
          {sortUnits(estate.units, sort, order).map((unit) => (
            <Row key={unit.unit ?? ''} unit={unit} estate={estate} name={unit.unit ?? 'No unit'} />
          ))}
          {estate.units.length < 2 ? null : <Row unit={estate.whole} estate={estate} name="All units" all />}
        </tbody>
      </Table>
      <SheetFoot>
        A unit’s score is the mean of its agents’ scores, each by its runs. Open counts incidents nobody has
        resolved, spent what calls of models with a price cost.
      </SheetFoot>
    </Sheet>
  );
}

/** What the table says first: where there is most to do. */
function headline({ units }: Estate): string {
  const open = units.filter((unit) => unit.openIncidents > 0);
  const [worst, ...others] = open.toSorted((left, right) => right.openIncidents - left.openIncidents);
  if (worst !== undefined)
    return `${worst.unit ?? 'Agents of no unit'} ${worst.unit === null ? 'have' : 'has'} ${plural(worst.openIncidents, 'open incident')}${others.length === 0 ? '' : `, ${plural(others.length, 'other unit')} some`}`;
  const scored = units.filter((unit) => unit.score !== null);
  const [lowest] = scored.toSorted((left, right) => (left.score ?? 0) - (right.score ?? 0));
  if (lowest === undefined) return 'No unit has a score yet';
  return `No incident is open; ${lowest.unit ?? 'agents of no unit'} score lowest, ${formatNumber(lowest.score ?? 0, 1)}`;
}

function Row({
  unit,
  estate,
  name,
  all = false,
}: {
  unit: EstateUnit;
  estate: Estate;
  name: string;
  all?: boolean;
}) {
  const of = all ? '' : `unit=${encodeURIComponent(unit.unit ?? '-')}&`;
  const runs = `/runs?${of}from=${estate.from}&to=${estate.until}`;
  const to = (href: string, text: ReactNode) => (
    <Link href={href} prefetch={false} className="hover:underline">
      {text}
    </Link>
  );
  const score = (value: number | null) =>
    value === null ? <span className="text-ink-3">unknown</span> : formatNumber(value, 1);
  const agents = all ? '/agents' : `/agents?unit=${encodeURIComponent(unit.unit ?? '-')}`;
  return (
    <tr className={all ? 'bg-sunk font-medium' : ''}>
      <Td wrap className="min-w-36! font-medium">
        {to(agents, name)}
        <span className="block text-xs font-normal text-ink-2 md:hidden">
          {plural(unit.agents, 'agent')}
          {unit.runs === 0 ? '' : `, ${spentText(unit)} spent`}. {scoresInWords(unit)}
        </span>
      </Td>
      <Td numeric className={WIDE}>
        {to(agents, formatCount(unit.agents))}
      </Td>
      <Td wrap className="min-w-40! max-md:hidden">
        <Stages unit={unit} />
      </Td>
      <Td numeric>{unit.score === null ? score(null) : to(`${runs}&${BY_SCORE}`, score(unit.score))}</Td>
      <Td numeric className={WIDE}>
        {score(unit.pillars.risk)}
      </Td>
      <Td numeric className={WIDE}>
        {score(unit.pillars.quality)}
      </Td>
      <Td numeric className={WIDE}>
        {score(unit.pillars.cost)}
      </Td>
      <Td numeric className={`${WIDE} text-ink-2`}>
        {unit.score === null ? 'nothing' : formatPercent(unit.coverage, 0)}
      </Td>
      <Td numeric>
        {unit.runs === 0 ? (
          <span className="text-ink-3">no runs</span>
        ) : (
          to(
            `${runs}&silent=1`,
            <>
              {formatPercent(unit.silentRuns / unit.runs)}
              <span className="max-md:hidden"> of {formatCount(unit.runs)}</span>
            </>,
          )
        )}
      </Td>
      <Td numeric className={unit.openIncidents > 0 ? 'font-medium text-critical' : 'text-ink-3'}>
        {unit.openIncidents === 0
          ? 0
          : to(`/incidents?${of}view=unresolved`, formatCount(unit.openIncidents))}
      </Td>
      <Td numeric className={WIDE}>
        {unit.runs === 0 ? '–' : to(`${runs}&${RECORDED}&sort=cost`, spentText(unit))}
      </Td>
    </tr>
  );
}

/** The pillars for narrow screens: "Risk 73.6, quality 100, cost 76.9, all measured." */
function scoresInWords({ score, pillars, coverage }: EstateUnit): string {
  if (score === null) return 'Nothing measured.';
  const of = (value: number | null) => (value === null ? 'unknown' : formatNumber(value, 1));
  return `Risk ${of(pillars.risk)}, quality ${of(pillars.quality)}, cost ${of(pillars.cost)}; ${formatPercent(coverage, 0)} measured.`;
}

/** What calls without a price came to is not known: it is never told as nothing. */
function spentText({ costUsd, unpricedRuns }: EstateUnit): string {
  if (unpricedRuns === 0) return formatMoney(costUsd);
  return costUsd === 0 ? 'unpriced' : `over ${formatMoney(costUsd)}`;
}

/** "3 in production, 1 in review": stages that have an agent, the latest first. */
function Stages({ unit }: { unit: EstateUnit }) {
  const held = STAGES.toReversed().filter((stage) => unit.byStage[stage] > 0);
  return (
    <span className="text-ink-2">
      {held
        .map((stage) => `${formatCount(unit.byStage[stage])} ${STAGE_TITLES[stage].toLowerCase()}`)
        .join(', ')}
    </span>
  );
}
