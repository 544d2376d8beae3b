'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { AgentTable } from '@/components/agents/agent-table';
import { WAITING_KINDS } from '@/components/inbox/waiting-kinds';
import { runHref } from '@/components/runs/links';
import { STATUS_WORDS } from '@/components/runs/run-status';
import { fetchJson } from '@/components/shell/fetch-json';
import { useSlowLive } from '@/components/shell/use-slow-live';
import { Band } from '@/components/ui/band';
import { ButtonLink } from '@/components/ui/button';
import { Chart } from '@/components/ui/chart';
import { useClock } from '@/components/ui/clock';
import { PageHeader } from '@/components/ui/page-header';
import { RelativeTime } from '@/components/ui/relative-time';
import { Sheet, SheetBody, SheetFoot } from '@/components/ui/sheet';
import { Table, Td, Tr } from '@/components/ui/table';
import { WindowNav } from '@/components/ui/window-nav';
import { formatClock, formatCount, formatDuration, formatPercent, formatZone, plural } from '@/lib/format';
import type { WaitingItem } from '@/lib/services/inbox/list-waiting';
import type { IncidentRow } from '@/lib/services/incidents/list-incidents';
import type { Overview } from '@/lib/services/overview/get-overview';
import { FirstSteps } from './first-steps';
import { headline, outcomeReading } from './headline';

const WINDOWS = [7, 30, 90] as const;
const WAITS_SHOWN = 5;

export function OverviewPage({
  initial,
  renderedAt,
  runtimeUrl,
  silence,
}: {
  initial: Overview;
  /** When the server read it; the clock in the header starts there. */
  renderedAt: string;
  runtimeUrl: string;
  /** How far the silence of each agent can be trusted. */
  silence: ReactNode;
}) {
  const { days } = initial;
  const { data: overview } = useQuery({
    queryKey: ['incident', 'overview', days],
    queryFn: ({ signal }) => fetchJson<Overview>(`/api/overview?days=${days}`, signal),
    initialData: initial,
  });
  useSlowLive(
    ['incident', 'overview', days],
    ['run', 'agent', 'contract', 'key', 'gate', 'drill', 'comment'],
  );
  const begun = overview.firstSteps.run;
  return (
    <>
      <PageHeader
        title={begun ? headline(overview) : `Welcome to ${overview.workspace.name}`}
        facts={[
          <Today key="today" at={renderedAt} />,
          overview.agentsTotal === 0
            ? null
            : `${plural(overview.agentsTotal, 'agent')}, ${formatCount(overview.agentsInProduction)} in production`,
          overview.runs === 0
            ? null
            : `${plural(overview.runs, 'run')} in ${days} days, ${formatPercent(overview.silentRuns / overview.runs)} silent`,
        ]}
        actions={
          begun ? (
            <WindowNav
              label="Days shown"
              windows={WINDOWS}
              current={days}
              hrefOf={(window) => (window === 30 ? '/' : `/?days=${window}`)}
            />
          ) : undefined
        }
      />
      {begun ? (
        <Running overview={overview} silence={silence} />
      ) : (
        <FirstSteps steps={overview.firstSteps} runtimeUrl={runtimeUrl} />
      )}
    </>
  );
}

/** "Sat 21 Nov, 02:05 CET" where the workspace is. */
function Today({ at }: { at: string }) {
  const { zone } = useClock();
  const date = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
  }).format(Date.parse(at));
  return (
    <time dateTime={at}>
      {date}, {formatClock(at, zone, 'minute')} {formatZone(at, zone)}
    </time>
  );
}

function Running({ overview, silence }: { overview: Overview; silence: ReactNode }) {
  return (
    <div className="grid gap-5">
      {overview.needs.length + overview.waits.length === 0 ? null : <Needs overview={overview} />}
      <div className="grid grid-cols-[minmax(0,1fr)] gap-5 lg:grid-cols-[minmax(0,1.65fr)_minmax(0,1fr)]">
        <Chart
          title={outcomeReading(overview)}
          label="all agents · runs a day"
          series={[
            { key: 'silent', label: 'silent', colour: 'var(--line-strong)' },
            { key: 'paged', label: 'paged', colour: 'var(--critical)' },
          ]}
          points={overview.byDay.map(({ day, silent, paged }) => ({ x: day, silent, paged }))}
          marks={overview.marks.map(({ day, label }) => ({ x: day, label, kind: 'version' }))}
          href="/runs?from={x}&to={x}"
        />
        <Promises overview={overview} />
      </div>
      <Sheet
        title="Agents"
        label={`${formatCount(overview.agents.length)} of ${formatCount(overview.agentsTotal)} · worst band first · ${overview.days} days`}
      >
        <AgentTable rows={overview.agents} days={overview.days} />
        <SheetFoot>
          <span className="flex flex-wrap gap-x-4">
            {overview.agentsTotal > overview.agents.length ? (
              <Link href="/agents" className="prose-link">
                All {formatCount(overview.agentsTotal)} agents
              </Link>
            ) : null}
            <Link
              href={`/overview/estate${overview.days === 30 ? '' : `?days=${overview.days}`}`}
              className="prose-link"
            >
              By business unit
            </Link>
          </span>
        </SheetFoot>
      </Sheet>
      {silence}
    </div>
  );
}

/** What waits for a person, the most urgent first. */
function Needs({ overview }: { overview: Overview }) {
  const rest = overview.needsTotal - overview.needs.length;
  const waiting = overview.waits.length - WAITS_SHOWN;
  return (
    <Sheet>
      <Table label="What needs somebody">
        <tbody>
          {overview.needs.map((incident, index) => (
            <Need key={incident.id} incident={incident} first={index === 0 && overview.mayAct} />
          ))}
          {overview.waits.slice(0, WAITS_SHOWN).map((item) => (
            <Waits key={item.id} item={item} />
          ))}
        </tbody>
      </Table>
      {rest > 0 ? (
        <SheetFoot>
          <Link href="/incidents?view=unresolved" className="prose-link">
            {formatCount(rest)} more
          </Link>
        </SheetFoot>
      ) : null}
      {waiting > 0 ? (
        <SheetFoot>
          <Link href="/inbox" className="prose-link">
            {formatCount(waiting)} more in your inbox
          </Link>
        </SheetFoot>
      ) : null}
    </Sheet>
  );
}

const CELL = 'h-12! max-md:block max-md:h-auto! max-md:border-b-0! max-md:py-1!';

/** Something of the reader's inbox, in the form of an incident's row. */
function Waits({ item }: { item: WaitingItem }) {
  return (
    <Tr className="max-md:block max-md:border-b max-md:border-line max-md:py-2 max-md:last:border-b-0">
      <Td className={CELL}>
        <span className="text-ink-2">{WAITING_KINDS[item.kind]}</span>
      </Td>
      <Td wrap className={`w-full ${CELL}`}>
        <strong className="font-semibold break-words">{item.title}</strong>{' '}
        <span className="text-ink-2">holds up {item.blocks}</span>
      </Td>
      <Td className={`text-ink-2 ${CELL}`}>
        <RelativeTime at={item.since} />
      </Td>
      <Td numeric className={`max-md:text-left! ${CELL}`}>
        <ButtonLink href={item.path}>Open</ButtonLink>
      </Td>
    </Tr>
  );
}

function Need({ incident, first }: { incident: IncidentRow; first: boolean }) {
  return (
    <Tr className="max-md:block max-md:border-b max-md:border-line max-md:py-2 max-md:last:border-b-0">
      <Td className={CELL}>
        <Band band={incident.severity} />
      </Td>
      <Td wrap className={`w-full ${CELL}`}>
        <strong className="font-semibold break-words">{incident.title}</strong>{' '}
        <span className="text-ink-2">
          {incident.agent.displayName}, run{' '}
          <Link href={runHref(incident.run)} className="code break-all hover:underline">
            {incident.run.key}
          </Link>
        </span>
      </Td>
      <Td className={`text-ink-2 ${CELL}`}>
        {incident.state === 'acknowledged' && incident.acknowledgedAt !== null ? (
          <>
            acknowledged, run {STATUS_WORDS[incident.run.status].toLowerCase()},{' '}
            <RelativeTime at={incident.acknowledgedAt} />
          </>
        ) : (
          <>
            {STATUS_WORDS[incident.run.status].toLowerCase()}, <RelativeTime at={incident.openedAt} />
          </>
        )}
      </Td>
      <Td numeric className={`max-md:text-left! ${CELL}`}>
        <ButtonLink href={`/incidents/${incident.number}`} variant={first ? 'primary' : 'default'}>
          Open INC-{incident.number}
        </ButtonLink>
      </Td>
    </Tr>
  );
}

interface Promised {
  name: string;
  /** Null: nothing to measure in this window. */
  value: string | null;
  target: string;
  kept: boolean;
}

function promisesOf({ runs, silentRuns, slowest }: Overview): Promised[] {
  const timed = (name: string, ms: number | null, limitMs: number, target: string): Promised => ({
    name,
    value: ms === null ? null : formatDuration(Math.max(0, ms)),
    target,
    kept: ms === null || ms < limitMs,
  });
  return [
    {
      name: 'Runs silent',
      value: runs === 0 ? null : formatPercent(silentRuns / runs),
      target: 'at least 85%',
      kept: runs === 0 || silentRuns / runs >= 0.85,
    },
    timed('Breach to page, slowest', slowest.breachToPageMs, 240_000, 'under 4 min'),
    timed('Recorded to page, slowest', slowest.openedToPageMs, 1000, 'under 1 s'),
  ];
}

/** What the envelope promises, beside what was measured. A promise without a case is neither kept nor broken. */
function Promises({ overview }: { overview: Overview }) {
  return (
    <Sheet title="Promises kept" label={`${overview.days} days`}>
      <Table label="Promises">
        <tbody>
          {promisesOf(overview).map((promise) => (
            <tr key={promise.name}>
              <Td wrap className="min-w-32!">
                {promise.name}
              </Td>
              <Td numeric className={promise.kept ? '' : 'font-medium text-critical'}>
                {promise.value ?? <span className="text-ink-3">no case</span>}
                {promise.kept ? null : <span className="sr-only">, not kept</span>}
              </Td>
              <Td numeric className="text-ink-2">
                {promise.target}
              </Td>
            </tr>
          ))}
        </tbody>
      </Table>
      <SheetBody className="border-t border-line text-sm text-ink-2">
        {overview.incidentsInWindow === 0
          ? 'No incident to measure by.'
          : `Measured over ${plural(overview.incidentsInWindow, 'incident')}.`}
        {overview.slowest.pageToAcknowledgeMs === null
          ? null
          : ` Slowest from page to acknowledgement: ${formatDuration(overview.slowest.pageToAcknowledgeMs)}.`}
      </SheetBody>
    </Sheet>
  );
}
