import Link from 'next/link';
import type { ReactNode } from 'react';
import { RECORDED } from '@/components/runs/links';
import { signalsHref } from '@/components/signals/words';
import { Chart } from '@/components/ui/chart';
import type { ChartThreshold } from '@/components/ui/chart-parts';
import { EmptyState } from '@/components/ui/empty-state';
import { RelativeTime } from '@/components/ui/relative-time';
import { Columns, FactRows, Sheet, SheetFoot, Stack } from '@/components/ui/sheet';
import { Table, Td, Th, Tr } from '@/components/ui/table';
import { formatCount, formatMoney, formatNumber, formatPercent, plural } from '@/lib/format';
import { FORECAST_CONFIDENCE } from '@/lib/scoring/forecast';
import { type AgentCost, COST_DAYS, type OutcomeUnit, type UnitCost } from '@/lib/services/costs/get-cost';
import { BreachTable } from './breach-table';

const ON_BREACH = {
  log: 'is recorded',
  warn: 'warns the operator',
  page: 'pages the operator',
  pause: 'pauses the run',
} as const;

/** What an agent costs: units of work, ceilings with what is left of them and where they are heading, and what followed. */
export function CostPanel({ data }: { data: AgentCost }) {
  const dayLimit = data.ceilings[0]?.limitUsd ?? null;
  const monthLimit = data.ceilings[1]?.limitUsd ?? null;
  const ofMonth = monthTop(data);
  const ofDays = Math.max(...data.days.map(({ spent }) => spent));
  return (
    <Stack>
      <Columns>
        <Stack>
          <Chart
            title={monthReading(data)}
            label={`models, this month by day (UTC)${aboveWords(monthLimit, ofMonth)}`}
            unit="money"
            kind="line"
            series={[
              { key: 'spent', label: 'spent', colour: 'var(--ink-2)' },
              { key: 'forecast', label: 'forecast', colour: 'var(--accent)', dashed: true },
              {
                key: 'range',
                label: `${formatPercent(FORECAST_CONFIDENCE, 0)} interval`,
                colour: 'var(--accent)',
                kind: 'range',
                low: 'low',
                high: 'high',
              },
            ]}
            points={data.month}
            href={`/runs?agent=${encodeURIComponent(data.agent.name)}&from={x}&to={x}&${RECORDED}&sort=cost`}
            thresholds={lineAt(monthLimit, 'ceiling of the month', ofMonth)}
            empty="Nothing was spent this month."
          />
          <Chart
            title={dayReading(data)}
            label={`models by day (UTC), ${COST_DAYS} days${aboveWords(dayLimit, ofDays)}`}
            unit="money"
            series={[{ key: 'spent', label: 'spent', colour: 'var(--ink-3)' }]}
            points={data.days}
            href={`/runs?agent=${encodeURIComponent(data.agent.name)}&from={x}&to={x}&${RECORDED}&sort=cost`}
            thresholds={lineAt(dayLimit, 'ceiling of a day', ofDays)}
            empty={`Nothing was spent in ${COST_DAYS} days.`}
          />
        </Stack>
        <Stack>
          <Ceilings data={data} />
          <Sums data={data} />
        </Stack>
      </Columns>
      <Units data={data} />
      <Sheet
        title={
          data.breaches.total === 0
            ? 'No ceiling was broken'
            : `${plural(data.breaches.total, 'ceiling')} ${data.breaches.total === 1 ? 'was' : 'were'} broken`
        }
        label={`${COST_DAYS} days`}
      >
        {data.breaches.shown.length === 0 ? (
          <EmptyState title="Nothing to answer">
            No run went over what its contract lets it spend or do in {COST_DAYS} days.
          </EmptyState>
        ) : (
          <>
            <BreachTable breaches={data.breaches.shown} />
            {data.breaches.total > data.breaches.shown.length ? (
              <SheetFoot>
                The latest {data.breaches.shown.length} of {formatCount(data.breaches.total)} are shown.
              </SheetFoot>
            ) : null}
          </>
        )}
      </Sheet>
    </Stack>
  );
}

/** A ceiling further above all that is drawn would flatten it to nothing: then it is told in words. */
const FAR_ABOVE = 3;
const isAbove = (limitUsd: number, highest: number) => limitUsd > FAR_ABOVE * highest;

function lineAt(limitUsd: number | null, label: string, highest: number): ChartThreshold[] {
  return limitUsd === null || isAbove(limitUsd, highest) ? [] : [{ value: limitUsd, label, keep: 'below' }];
}

function aboveWords(limitUsd: number | null, highest: number): string {
  return limitUsd !== null && isAbove(limitUsd, highest)
    ? `; ceiling ${formatMoney(limitUsd)}, above the chart`
    : '';
}

function monthTop({ month }: AgentCost): number {
  return Math.max(...month.map(({ spent, high }) => Math.max(spent ?? 0, high ?? 0)));
}

/** What has no price was spent all the same: nobody knows how much. */
function nothing({ spent }: AgentCost): string {
  return spent.unpricedRuns > 0 ? 'Nothing that has a price' : 'Nothing spent';
}

function monthReading(data: AgentCost): string {
  const { ceilings, forecast } = data;
  const month = ceilings[1];
  if (month === undefined || (month.spentUsd === 0 && !forecast.known)) return `${nothing(data)} this month`;
  const spent = `${formatMoney(month.spentUsd)} this month`;
  if (!forecast.known) return `${spent}, too few days for a forecast`;
  const heading = `${spent}, heading for ${formatMoney(forecast.usd)}`;
  if (month.limitUsd === null) return heading;
  if (forecast.low > month.limitUsd) return `${heading}: over its ceiling`;
  return forecast.high > month.limitUsd
    ? `${heading}: may pass its ceiling`
    : `${heading}, of ${formatMoney(month.limitUsd)}`;
}

function dayReading(data: AgentCost): string {
  const { days, ceilings } = data;
  const limit = ceilings[0]?.limitUsd ?? null;
  const dearest = days.reduce<AgentCost['days'][number] | null>(
    (most, day) => (most === null || day.spent > most.spent ? day : most),
    null,
  );
  if (dearest === null || dearest.spent === 0) return `${nothing(data)} in ${COST_DAYS} days`;
  if (limit === null) return `At most ${formatMoney(dearest.spent)} on a day; no ceiling is agreed`;
  const over = days.filter((day) => day.spent > limit).length;
  return over === 0
    ? `At most ${formatMoney(dearest.spent)} on a day, of ${formatMoney(limit)}`
    : `${plural(over, 'day')} over the ceiling of ${formatMoney(limit)}`;
}

function Ceilings({ data }: { data: AgentCost }) {
  const { ceilings, forecast } = data;
  return (
    <Sheet title="Ceilings" label="UTC">
      <ul className="text-sm">
        {ceilings.map((ceiling) => (
          <li
            key={ceiling.period}
            className="grid gap-1.5 border-b border-line px-3.5 py-2.5 last:border-b-0"
          >
            <div className="flex flex-wrap justify-between gap-x-4">
              <span className="font-medium">{ceiling.period === 'day' ? 'Today' : 'This month'}</span>
              <span>
                <Link
                  href={`/runs?agent=${encodeURIComponent(data.agent.name)}&from=${sinceOf(data, ceiling.period)}&${RECORDED}&sort=cost`}
                  prefetch={false}
                  className="prose-link"
                >
                  {formatMoney(ceiling.spentUsd)}
                </Link>
                {ceiling.limitUsd === null ? (
                  <span className="text-ink-2">, no ceiling</span>
                ) : (
                  ` of ${formatMoney(ceiling.limitUsd)}`
                )}
              </span>
            </div>
            {ceiling.limitUsd === null ? null : (
              <>
                <Meter spent={ceiling.spentUsd} limit={ceiling.limitUsd} />
                <p className="text-ink-2">
                  {ceiling.spentUsd > ceiling.limitUsd
                    ? `${formatMoney(ceiling.spentUsd - ceiling.limitUsd)} over`
                    : `${formatMoney(ceiling.limitUsd - ceiling.spentUsd)} left`}
                  , anew <RelativeTime at={ceiling.until} />
                  {ceiling.onBreach === null
                    ? ''
                    : `. Beyond it, a run that spends ${ON_BREACH[ceiling.onBreach]}`}
                  .
                </p>
              </>
            )}
          </li>
        ))}
      </ul>
      <SheetFoot>
        {forecast.known
          ? `By the end of the month ${formatMoney(forecast.low)} to ${formatMoney(forecast.high)} in four of five cases: the mean of the last ${plural(forecast.days, 'whole day')} (${formatMoney(forecast.perDayUsd)}) for each of ${formatNumber(forecast.daysLeft, 1)} days to come.`
          : `No forecast: it needs ${forecast.needed} whole days, and there ${forecast.days === 1 ? 'is' : 'are'} ${forecast.days}.`}{' '}
        Ceilings bind what models cost; infrastructure is reckoned when a run has worked.
      </SheetFoot>
    </Sheet>
  );
}

/** The moment the day or the month in question began, UTC. */
function sinceOf({ days, month }: AgentCost, period: 'day' | 'month'): string {
  const first = period === 'day' ? days.at(-1)?.x : month[0]?.x;
  return `${first ?? ''}T00:00:00Z`;
}

function Meter({ spent, limit }: { spent: number; limit: number }) {
  const share = limit === 0 ? (spent > 0 ? 1 : 0) : Math.min(1, spent / limit);
  const tone = spent > limit ? 'bg-critical' : share >= 0.8 ? 'bg-medium' : 'bg-ink-3';
  return (
    <div className="h-2 overflow-hidden rounded-sm bg-sunk" aria-hidden="true">
      <div className={`h-full ${tone}`} style={{ width: `${100 * share}%` }} />
    </div>
  );
}

function Units({ data }: { data: AgentCost }) {
  const { agent, range, spent, perRun, perAccepted, perCompleted } = data;
  return (
    <Sheet title="What a piece of work costs" label={`${COST_DAYS} days`}>
      <Table label="Cost of a run, an accepted output and a completed task">
        <thead>
          <tr>
            <Th>Cost of one</Th>
            <Th numeric>Together</Th>
            <Th numeric className="max-md:hidden">
              Models
            </Th>
            <Th numeric className="max-md:hidden">
              Infrastructure
            </Th>
            <Th className="max-md:hidden">From</Th>
          </tr>
        </thead>
        <tbody>
          <UnitRow
            name="run"
            unit={perRun}
            note={
              perRun.why ?? (
                <Link
                  href={`/runs?agent=${encodeURIComponent(agent.name)}&from=${range.from}&to=${range.until}&${RECORDED}&sort=cost`}
                  prefetch={false}
                  className="prose-link"
                >
                  {spent.unpricedRuns === 0
                    ? plural(perRun.count, 'priced run')
                    : `${formatCount(perRun.count)} priced of ${plural(spent.runs, 'run')}`}
                </Link>
              )
            }
          />
          <UnitRow
            name="accepted output"
            unit={perAccepted}
            note={<OutcomeNote agent={agent.name} unit={perAccepted} word="accepted" />}
          />
          <UnitRow
            name="completed task"
            unit={perCompleted}
            note={<OutcomeNote agent={agent.name} unit={perCompleted} word="completed" />}
          />
        </tbody>
      </Table>
    </Sheet>
  );
}

/** What all runs cost together, and what is not in it. */
function Sums({ data }: { data: AgentCost }) {
  const { spent, reported, ratePerHourUsd } = data;
  const runs = (query: string) =>
    `/runs?agent=${encodeURIComponent(data.agent.name)}&from=${data.range.from}&to=${data.range.until}&${query}`;
  return (
    <Sheet
      title="All runs"
      label={
        <>
          <Link href={runs(`${RECORDED}&sort=cost`)} prefetch={false} className="prose-link">
            {plural(spent.runs, 'run')}
          </Link>{' '}
          in {COST_DAYS} days
        </>
      }
    >
      <FactRows
        rows={[
          { name: 'Models', value: formatMoney(spent.modelUsd) },
          {
            name: 'Infrastructure',
            value:
              spent.infrastructureUsd === null ? (
                <span className="text-ink-3">no rate is agreed</span>
              ) : (
                formatMoney(spent.infrastructureUsd)
              ),
          },
          ...(spent.infrastructureUsd === null || spent.reckonedRuns === spent.runs
            ? []
            : [{ name: 'Runs under no rate', value: formatCount(spent.runs - spent.reckonedRuns) }]),
          ...(ratePerHourUsd === null
            ? []
            : [{ name: 'Rate in force', value: `${formatMoney(ratePerHourUsd)} an hour worked` }]),
          ...(spent.unpricedRuns === 0
            ? []
            : [
                {
                  name: 'Not priced',
                  value: (
                    <>
                      {plural(spent.unpricedCalls, 'model call')} in{' '}
                      <Link href={runs('unpriced=1')} prefetch={false} className="prose-link">
                        {plural(spent.unpricedRuns, 'run')}
                      </Link>
                      ;{' '}
                      <Link href="/settings/prices" className="prose-link">
                        set a price
                      </Link>
                    </>
                  ),
                },
              ]),
          ...(reported === null
            ? []
            : [
                {
                  name: `Clients reported, for ${formatCount(reported.runs)} of the latest ${plural(reported.of, 'run')}`,
                  value: `${formatMoney(reported.reportedUsd)}; ours ${formatMoney(reported.oursUsd)}`,
                },
              ]),
        ]}
      />
    </Sheet>
  );
}

/** Where a cost by outcome comes from, and what leads there: the outcomes, or the clause that would name one. */
function OutcomeNote({ agent, unit, word }: { agent: string; unit: OutcomeUnit; word: string }) {
  const contract = `/contracts/${encodeURIComponent(agent)}`;
  const note = outcomeNote(unit, word);
  return (
    <>
      {note.endsWith('.') ? note : `${note}.`}{' '}
      {unit.metrics.length > 0 ? (
        <Link
          href={signalsHref({ agent, family: 'outcome', metrics: unit.metrics, state: 'current' })}
          prefetch={false}
          className="prose-link"
        >
          The outcomes and their runs
        </Link>
      ) : (
        <Link href={`${contract}#cost`} prefetch={false} className="prose-link">
          {unit.criterion === null ? 'Name one under cost in the contract' : 'See cost in the contract'}
        </Link>
      )}
    </>
  );
}

function outcomeNote({ why, count, known, misfits, ceilingUsd, usd }: OutcomeUnit, word: string): string {
  const leftOut =
    misfits === 0
      ? ''
      : ` What was said of ${plural(misfits, 'run')} in another unit or off the scale is left out.`;
  if (why !== null) return `${why}${leftOut}`;
  const share = `${formatCount(count)} ${word} of ${formatCount(known)} with an outcome (${formatPercent(count / known)})`;
  const kept =
    ceilingUsd === null || usd === null
      ? ''
      : `; at most ${formatMoney(ceilingUsd)} agreed, ${usd > ceilingUsd ? 'broken' : 'kept'}`;
  return leftOut === '' ? `${share}${kept}` : `${share}${kept}.${leftOut}`;
}

function UnitRow({ name, unit, note }: { name: string; unit: UnitCost; note: ReactNode }) {
  const money = (usd: number | null) =>
    usd === null ? <span className="text-ink-3">–</span> : formatMoney(usd);
  return (
    <Tr>
      <Td wrap className="min-w-40!">
        {name}
        <span className="block text-ink-2 md:hidden">{note}</span>
      </Td>
      <Td numeric className="font-medium">
        {unit.usd === null ? (
          <span className="font-normal text-ink-3">unknown</span>
        ) : (
          `${unit.atLeast ? 'at least ' : ''}${formatMoney(unit.usd)}`
        )}
      </Td>
      <Td numeric className="max-md:hidden">
        {money(unit.modelUsd)}
      </Td>
      <Td numeric className="max-md:hidden">
        {money(unit.infrastructureUsd)}
      </Td>
      <Td wrap className="text-ink-2 max-md:hidden">
        {note}
      </Td>
    </Tr>
  );
}
