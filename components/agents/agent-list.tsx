'use client';

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useQueryStates } from 'nuqs';
import { fetchJson } from '@/components/shell/fetch-json';
import { useSlowLive } from '@/components/shell/use-slow-live';
import { Button, ButtonLink } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { FacetMenu } from '@/components/ui/facet-menu';
import { ListFailed } from '@/components/ui/list-failed';
import { NewPill } from '@/components/ui/new-pill';
import { PageHeader } from '@/components/ui/page-header';
import { Sheet } from '@/components/ui/sheet';
import { useSteadyRows } from '@/components/ui/use-steady-rows';
import { plural } from '@/lib/format';
import { STAGE_TITLES, STAGES } from '@/lib/lifecycle/stages';
import { usualOrder } from '@/lib/services/agents/agent-filters';
import type { AgentList as List } from '@/lib/services/agents/list-agents';
import { agentQuery, agentSearchParsers } from './agent-search';
import { AgentTable } from './agent-table';
import { ProposeAgent, type Proposing } from './propose-agent';

export function AgentList({
  initial,
  initialQuery,
  proposing,
}: {
  initial: List;
  initialQuery: string;
  /** Null for readers who may not propose one. */
  proposing: Proposing | null;
}) {
  const [search, setSearch] = useQueryStates(agentSearchParsers, { history: 'push' });
  const query = agentQuery(search);
  const { data, error, refetch, isPlaceholderData } = useQuery({
    queryKey: ['agent', 'list', query],
    queryFn: ({ signal }) => fetchJson<List>(`/api/agents${query}`, signal),
    ...(query === initialQuery ? { initialData: initial } : {}),
    placeholderData: keepPreviousData,
  });
  useSlowLive(['agent', 'list'], ['run', 'incident', 'contract', 'kill-switch']);
  const list = data ?? initial;
  const { rows, newRows, accept } = useSteadyRows(
    list.rows,
    (row) => row.id,
    isPlaceholderData ? 'before' : query,
  );
  const filtered = search.q !== '' || search.stage !== null || search.unit !== '' || search.discovered;
  const clear = () => void setSearch({ q: null, stage: null, unit: null, discovered: null });
  const units = [
    ...new Set([
      ...(search.unit === '' ? [] : [search.unit]),
      ...list.rows.map((row) => row.businessUnit ?? '-'),
    ]),
  ].sort((left, right) => (left === '-' ? 1 : right === '-' ? -1 : left.localeCompare(right)));
  const order = search.order ?? usualOrder(search.sort);
  return (
    <>
      <PageHeader
        title="Agents"
        facts={[
          plural(list.total, 'agent'),
          `${list.inProduction} in production`,
          <span key="window" className="text-ink-3">
            figures of the last 30 days
          </span>,
        ]}
        actions={
          <>
            <ButtonLink href="/contracts/import">Import a contract</ButtonLink>
            {proposing === null ? null : <ProposeAgent {...proposing} />}
          </>
        }
      />
      <search className="mb-4 flex flex-wrap items-center gap-2" aria-label="Filters">
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void setSearch({ q: String(new FormData(event.currentTarget).get('q') ?? '').trim() });
          }}
        >
          <input
            key={search.q}
            type="search"
            name="q"
            aria-label="Find by name"
            placeholder="Name"
            defaultValue={search.q}
            maxLength={200}
            className="min-h-7 w-44 rounded-md border border-line-strong bg-sheet px-2.5 py-1 text-sm"
          />
        </form>
        <FacetMenu
          label="Stage"
          options={STAGES.map((stage) => ({ value: stage, text: STAGE_TITLES[stage] }))}
          chosen={search.stage === null ? [] : [search.stage]}
          onChange={([chosen]) => void setSearch({ stage: STAGES.find((stage) => stage === chosen) ?? null })}
        />
        <FacetMenu
          label="Business unit"
          options={units.map((unit) => ({ value: unit, text: unit === '-' ? 'Of none' : unit }))}
          chosen={search.unit === '' ? [] : [search.unit]}
          onChange={([unit = '']) => void setSearch({ unit })}
        />
        <button
          type="button"
          aria-pressed={search.discovered}
          onClick={() => void setSearch({ discovered: search.discovered ? null : true })}
          className="min-h-7 rounded-md border border-line-strong bg-sheet px-2.5 py-1 text-sm hover:bg-sunk aria-pressed:border-accent/40 aria-pressed:bg-accent-soft aria-pressed:text-accent"
        >
          Discovered only
        </button>
        {filtered ? (
          <button type="button" className="prose-link px-1 text-sm" onClick={clear}>
            Clear filters
          </button>
        ) : null}
      </search>
      <ListFailed error={error} again={() => void refetch()} />
      <div className="relative">
        <NewPill count={newRows} onShow={accept} />
        <Sheet className={isPlaceholderData ? 'opacity-60' : ''}>
          {rows.length > 0 ? (
            <AgentTable
              rows={rows}
              full
              sorting={{
                sort: search.sort,
                order,
                onSort: (sort) =>
                  void setSearch({
                    sort,
                    order: sort === search.sort ? (order === 'asc' ? 'desc' : 'asc') : null,
                  }),
              }}
            />
          ) : filtered ? (
            <EmptyState title="No agent fits" action={<Button onClick={clear}>Clear filters</Button>}>
              None of the {plural(list.total, 'agent')} matches these filters.
            </EmptyState>
          ) : (
            <EmptyState
              title="No agent yet"
              action={<ButtonLink href="/contracts/import">Import a contract</ButtonLink>}
            >
              Propose one, import its contract, or let it run: an agent that nobody registered is marked as
              discovered and held to the workspace defaults.
            </EmptyState>
          )}
        </Sheet>
      </div>
    </>
  );
}
