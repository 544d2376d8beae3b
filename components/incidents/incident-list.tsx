'use client';

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useQueryStates } from 'nuqs';
import { runHref } from '@/components/runs/links';
import { fetchJson } from '@/components/shell/fetch-json';
import { Band } from '@/components/ui/band';
import { Button } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { FacetMenu } from '@/components/ui/facet-menu';
import { ListFailed } from '@/components/ui/list-failed';
import { NewPill } from '@/components/ui/new-pill';
import { PageHeader } from '@/components/ui/page-header';
import { Paging } from '@/components/ui/paging';
import { RelativeTime } from '@/components/ui/relative-time';
import { Sheet } from '@/components/ui/sheet';
import { Table, Td, Th, Tr } from '@/components/ui/table';
import { useSteadyRows } from '@/components/ui/use-steady-rows';
import { BANDS } from '@/lib/contract/schema';
import { formatCount, plural } from '@/lib/format';
import type { IncidentList as List } from '@/lib/services/incidents/list-incidents';
import { incidentQuery, incidentSearchParsers } from './incident-search';
import { IncidentState } from './incident-state';

const VIEWS = [
  { id: 'all', name: 'All' },
  { id: 'unresolved', name: 'Unresolved' },
  { id: 'mine', name: 'Mine' },
  { id: 'snoozed', name: 'Snoozed' },
  { id: 'no-verdict', name: 'Without verdict' },
  { id: 'resolved', name: 'Resolved' },
] as const;
const BAND_WORDS = { low: 'Low', medium: 'Medium', high: 'High', critical: 'Critical' } as const;

export function IncidentList({
  initial,
  initialQuery,
  agents,
}: {
  initial: List;
  initialQuery: string;
  agents: readonly { name: string; displayName: string }[];
}) {
  const [search, setSearch] = useQueryStates(incidentSearchParsers, { history: 'push' });
  const query = incidentQuery(search);
  const { data, error, refetch, isPlaceholderData } = useQuery({
    queryKey: ['incident', 'list', query],
    queryFn: ({ signal }) => fetchJson<List>(`/api/incidents${query}`, signal),
    ...(query === initialQuery ? { initialData: initial } : {}),
    placeholderData: keepPreviousData,
  });
  const list = data ?? initial;
  const { rows, newRows, accept } = useSteadyRows(
    list.rows,
    (row) => row.id,
    isPlaceholderData ? 'before' : query,
  );
  const filtered =
    search.severity.length > 0 ||
    search.agent !== '' ||
    search.unit !== '' ||
    search.q !== '' ||
    search.view !== 'all';
  const { open, acknowledged, resolved } = list.counts;
  const change = (next: Partial<typeof search>) => void setSearch({ ...next, after: '' });
  return (
    <>
      <PageHeader
        title="Incidents"
        facts={[
          <span key="open" className={open > 0 ? 'text-critical' : ''}>
            {formatCount(open)} open
          </span>,
          `${formatCount(acknowledged)} acknowledged`,
          `${formatCount(resolved)} resolved`,
        ]}
      />
      <div className="mb-4 grid gap-2.5">
        <div className="flex gap-1 overflow-x-auto">
          {VIEWS.map((view) => (
            <button
              key={view.id}
              type="button"
              aria-pressed={search.view === view.id}
              onClick={() => change({ view: view.id })}
              className="min-h-7 rounded-md px-2.5 py-1 text-sm whitespace-nowrap text-ink-2 hover:text-ink focus-visible:-outline-offset-2 aria-pressed:bg-sunk aria-pressed:font-medium aria-pressed:text-ink"
            >
              {view.name}
            </button>
          ))}
        </div>
        <search className="flex flex-wrap items-center gap-2" aria-label="Filters">
          <form
            onSubmit={(event) => {
              event.preventDefault();
              change({ q: String(new FormData(event.currentTarget).get('q') ?? '').trim() });
            }}
          >
            <input
              key={search.q}
              type="search"
              name="q"
              aria-label="Find by number, title or clause"
              placeholder="Number, title or clause"
              defaultValue={search.q}
              maxLength={200}
              className="min-h-7 w-52 rounded-md border border-line-strong bg-sheet px-2.5 py-1 text-sm"
            />
          </form>
          <FacetMenu
            label="Severity"
            multiple
            options={BANDS.map((band) => ({
              value: band,
              text: BAND_WORDS[band],
              look: <Band band={band} />,
            }))}
            chosen={search.severity}
            onChange={(chosen) => change({ severity: BANDS.filter((band) => chosen.includes(band)) })}
          />
          <FacetMenu
            label="Agent"
            options={agents.map((agent) => ({ value: agent.name, text: agent.displayName }))}
            chosen={search.agent === '' ? [] : [search.agent]}
            onChange={([agent = '']) => change({ agent })}
          />
          {search.unit === '' ? null : (
            <FacetMenu
              label="Business unit"
              options={[{ value: search.unit, text: search.unit === '-' ? 'of none' : search.unit }]}
              chosen={[search.unit]}
              onChange={([unit = '']) => change({ unit })}
            />
          )}
          {filtered ? (
            <button
              type="button"
              className="prose-link px-1 text-sm"
              onClick={() => change({ view: 'all', severity: [], agent: '', unit: '', q: '' })}
            >
              Clear filters
            </button>
          ) : null}
        </search>
      </div>
      <ListFailed error={error} again={() => void refetch()} />
      <div className="relative">
        <NewPill count={newRows} onShow={accept} />
        <Sheet className={isPlaceholderData ? 'opacity-60' : ''}>
          {rows.length > 0 ? (
            <IncidentTable rows={rows} />
          ) : filtered ? (
            <EmptyState
              title="No incident fits"
              action={
                <Button onClick={() => change({ view: 'all', severity: [], agent: '', unit: '', q: '' })}>
                  Clear filters
                </Button>
              }
            >
              None of the incidents so far matches these filters.
            </EmptyState>
          ) : (
            <EmptyState title="No incident yet">
              When a run breaks a clause whose failure clause pages or pauses, its incident opens here and the
              operator on call is told at once.
            </EmptyState>
          )}
        </Sheet>
      </div>
      <Paging
        back={{ label: 'First', go: search.after === '' ? null : () => void setSearch({ after: null }) }}
        next={list.next === null ? null : () => void setSearch({ after: list.next }, { scroll: true })}
      />
    </>
  );
}

export function IncidentTable({ rows }: { rows: List['rows'] }) {
  return (
    <Table label="Table of incidents">
      <thead>
        <tr>
          <Th className="max-md:hidden">Severity</Th>
          <Th>Incident</Th>
          <Th className="max-lg:hidden">Agent</Th>
          <Th className="max-[96rem]:hidden">Run</Th>
          <Th className="max-xl:hidden">Clause</Th>
          <Th>State</Th>
          <Th className="max-lg:hidden">Held by</Th>
          <Th className="max-[96rem]:hidden">Verdict</Th>
          <Th numeric className="max-md:hidden">
            Age
          </Th>
        </tr>
      </thead>
      <tbody>
        {rows.map((incident) => (
          <Tr key={incident.id} linked>
            <Td className="max-md:hidden">
              <Band band={incident.severity} />
            </Td>
            <Td wrap className="max-md:min-w-40!">
              {/* What has columns of its own on a desk. */}
              <span className="flex flex-wrap justify-between gap-x-3 text-ink-2 md:hidden">
                <Band band={incident.severity} />
                <RelativeTime at={incident.openedAt} focusable={false} />
              </span>
              <span className="mr-1.5 text-ink-2">INC-{incident.number}</span>
              <Link
                prefetch={false}
                href={`/incidents/${incident.number}`}
                className="row-link font-medium break-words"
              >
                {incident.title}
              </Link>
              <span className="block text-ink-2 lg:hidden">{incident.agent.displayName}</span>
              <Grouped incident={incident} />
            </Td>
            <Td className="max-w-44 truncate max-lg:hidden">{incident.agent.displayName}</Td>
            <Td className="max-w-36 max-[96rem]:hidden">
              <Link href={runHref(incident.run)} className="prose-link code relative z-10 block truncate">
                {incident.run.key}
              </Link>
            </Td>
            <Td className="max-w-44 truncate max-xl:hidden" title={incident.clause}>
              <span className="code">{incident.clause}</span>
            </Td>
            <Td>
              <IncidentState state={incident.state} how={incident.resolution} />
              {incident.snoozedUntil === null ? null : (
                <span className="block text-xs text-ink-2">
                  snoozed, back <RelativeTime at={incident.snoozedUntil} focusable={false} />
                </span>
              )}
            </Td>
            <Td className="max-lg:hidden">
              <HeldBy incident={incident} />
            </Td>
            <Td className="max-[96rem]:hidden">
              <span className={incident.verdict === 'settled' ? '' : 'text-ink-2'}>
                {VERDICTS[incident.verdict]}
              </span>
            </Td>
            <Td numeric className="text-ink-2 max-md:hidden">
              <RelativeTime at={incident.openedAt} focusable={false} />
            </Td>
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}

const VERDICTS = { none: 'none yet', one: 'one of two', differ: 'they differ', settled: 'settled' } as const;

/** Who took it on; before that, who was paged. */
function HeldBy({ incident }: { incident: List['rows'][number] }) {
  const { acknowledgedBy, operator, state } = incident;
  if (acknowledgedBy !== null) return acknowledgedBy;
  if (operator === null) return <span className="text-ink-3">nobody</span>;
  return (
    <>
      {operator}
      {state === 'open' ? <span className="block text-xs text-ink-2">paged</span> : null}
    </>
  );
}

/** How many runs it stands for, and with how many others it was paged. */
function Grouped({ incident }: { incident: List['rows'][number] }) {
  const { runCount, pagedWith } = incident;
  if (runCount < 2 && pagedWith === 0) return null;
  return (
    <span className="block text-xs text-ink-2">
      {runCount < 2 ? '' : plural(runCount, 'run')}
      {runCount < 2 || pagedWith === 0 ? '' : ' · '}
      {pagedWith === 0 ? '' : `paged together with ${plural(pagedWith, 'other')}`}
    </span>
  );
}
