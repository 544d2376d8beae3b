'use client';

import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { parseAsString, useQueryState, useQueryStates } from 'nuqs';
import { useEffect, useMemo, useState } from 'react';
import { fetchJson } from '@/components/shell/fetch-json';
import { Button, ButtonLink, buttonClass } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { FacetMenu } from '@/components/ui/facet-menu';
import { ListFailed } from '@/components/ui/list-failed';
import { NewPill } from '@/components/ui/new-pill';
import { PageHeader } from '@/components/ui/page-header';
import { Paging } from '@/components/ui/paging';
import { Sheet } from '@/components/ui/sheet';
import { keepColumns } from '@/components/views/actions';
import { ViewStrip } from '@/components/views/view-strip';
import { formatCount } from '@/lib/format';
import type { RunChanges } from '@/lib/services/runs/list-run-changes';
import type { RunFacets } from '@/lib/services/runs/list-run-facets';
import type { RunList as List } from '@/lib/services/runs/list-runs';
import { RUN_COLUMN_NAMES, type RunColumn, USUAL_RUN_COLUMNS } from '@/lib/services/runs/run-columns';
import { COUNT_CAP } from '@/lib/services/runs/run-filters';
import type { RunRow } from '@/lib/services/runs/run-row';
import type { SavedViews } from '@/lib/services/views/list-views';
import { compareRunsHref } from './links';
import { RUN_COLUMN_TITLES } from './run-column-titles';
import { RunFilters } from './run-filters';
import { RunPreview } from './run-preview';
import {
  loadRunSearch,
  NO_SEARCH,
  RUN_VIEWS,
  type RunSearch,
  runFilterQuery,
  runQuery,
  runSearchParsers,
  runViewQuery,
  viewOf,
} from './run-search';
import { RunTable } from './run-table';
import { SendFirstRun } from './send-first-run';

export function RunList({
  initial,
  initialQuery,
  facets,
  views,
  runtimeUrl,
}: {
  initial: List;
  /** The URL's query that `initial` answers. */
  initialQuery: string;
  facets: RunFacets;
  views: SavedViews;
  runtimeUrl: string;
}) {
  const [search, setSearch] = useQueryStates(runSearchParsers, { history: 'push' });
  const [peek, setPeek] = useQueryState(
    'peek',
    parseAsString.withDefault('').withOptions({ history: 'replace' }),
  );
  const client = useQueryClient();
  const query = runQuery(search);
  // Keyed by the visit, not by the topic: what one is reading does not move under a stream of news.
  const page = useQuery({
    queryKey: ['runs-page', initial.asOf, query],
    queryFn: ({ signal }) => fetchJson<List>(`/api/runs${query}`, signal),
    ...(query === initialQuery ? { initialData: initial } : {}),
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const list = page.data ?? initial;
  const { rows, newRuns, exact } = useChanges(list, search);
  const filtered = viewOf(search) !== 'All';
  const saved = useViews(views);
  const chosen = search.cols.length > 0 ? search.cols : knownColumns(saved.columns);
  const change = (next: Partial<RunSearch>) => void setSearch({ ...next, after: '', before: '' });
  const peeked = rows.find((run) => run.id === peek) ?? null;
  const [picked, setPicked] = useState<readonly RunRow[]>([]);
  usePeekKeys(rows, peek, (id) => void setPeek(id));

  async function showNew() {
    await setSearch({ after: '', before: '' });
    await client.invalidateQueries({ queryKey: ['runs-page', initial.asOf] });
  }

  const goBack =
    list.previous === null
      ? null
      : () => void setSearch({ before: list.previous, after: null }, { scroll: true });
  const goOn =
    list.next === null ? null : () => void setSearch({ after: list.next, before: null }, { scroll: true });
  // Where a page stopped before it was full, this way leads through the rest.
  const further = search.before === '' ? { name: 'Next', go: goOn } : { name: 'Previous', go: goBack };
  return (
    <>
      <PageHeader
        title="Runs"
        facts={[
          <span key="count" role="status">
            {howMany(list, filtered)}
          </span>,
        ]}
        actions={
          <a
            href={`/api/runs/csv${runViewQuery({ ...search, cols: [...(chosen ?? USUAL_RUN_COLUMNS)] })}`}
            download
            title="All runs that fit, in this order, with these columns"
            className={buttonClass()}
          >
            Download CSV
          </a>
        }
      />
      <RunFilters
        search={search}
        onChange={change}
        facets={facets}
        views={
          <ViewStrip
            list="runs"
            usual={RUN_VIEWS.map((each) => each.name)}
            saved={saved}
            current={viewOf(search)}
            query={runViewQuery(search)}
            onUsual={(name) =>
              change({ ...NO_SEARCH, ...RUN_VIEWS.find((each) => each.name === name)?.filters })
            }
            onSaved={(query) => change(loadRunSearch(query))}
          >
            <FacetMenu
              label="Columns"
              multiple
              quiet
              none="Back to the usual columns"
              options={RUN_COLUMN_NAMES.map((name) => ({ value: name, text: RUN_COLUMN_TITLES[name] }))}
              chosen={chosen ?? USUAL_RUN_COLUMNS}
              onChange={(names) => {
                const cols = RUN_COLUMN_NAMES.filter((name) => names.includes(name));
                void setSearch({ cols });
                void keepColumns({ list: 'runs', columns: cols }).then(() =>
                  client.invalidateQueries({ queryKey: ['view', 'runs'] }),
                );
              }}
            />
          </ViewStrip>
        }
      />
      <ListFailed error={page.error} again={() => void page.refetch()} />
      <div className="relative">
        <NewPill count={newRuns} exact={exact} onShow={() => void showNew()} />
        <Sheet className={page.isPlaceholderData ? 'opacity-60' : ''}>
          {rows.length > 0 ? (
            <RunTable
              rows={rows}
              {...(chosen === null ? {} : { columns: chosen })}
              sorting={{ sort: search.sort, order: search.order, onSort: change }}
              choosing={{
                chosen: picked.map((run) => run.id),
                onChoose: (id) => setPicked(pickTwo(picked, id, rows)),
              }}
              peeking={{ peek, onPeek: (id) => void setPeek(id) }}
            />
          ) : list.part ? (
            <EmptyState
              title="None found so far"
              action={
                further.go === null ? undefined : <Button onClick={further.go}>Look through more</Button>
              }
            >
              No run fits among those this page could look through. There are more of them.
            </EmptyState>
          ) : filtered || search.after !== '' || search.before !== '' ? (
            <EmptyState
              title="No run fits"
              action={<Button onClick={() => change(NO_SEARCH)}>Clear filters</Button>}
            >
              Nothing that has arrived matches all of these filters.
            </EmptyState>
          ) : (
            <SendFirstRun runtimeUrl={runtimeUrl} />
          )}
        </Sheet>
      </div>
      {list.part && rows.length > 0 ? (
        <p className="mt-3 text-sm text-ink-2" role="status">
          Few runs fit, and this page shows those found so far. {further.name} looks through more.
        </p>
      ) : null}
      <Paging back={{ label: 'Previous', go: goBack }} next={goOn} />
      <PickedBar picked={picked} onClear={() => setPicked([])} />
      <RunPreview run={peeked} onClose={() => void setPeek('')} />
    </>
  );
}

/** How many runs there are, or fit; as far as they were counted. */
function howMany({ count, exact }: List, filtered: boolean): string {
  if (count === 0 && !exact) return 'none found so far';
  const total = exact ? formatCount(count) : `${formatCount(Math.min(count, COUNT_CAP))}+`;
  const fit = count === 1 ? ' fits' : ' fit';
  return `${total} ${count === 1 ? 'run' : 'runs'}${filtered ? fit : ''}`;
}

/** At most two are compared: a third takes the place of the first. */
function pickTwo(picked: readonly RunRow[], id: string, rows: readonly RunRow[]): readonly RunRow[] {
  if (picked.some((run) => run.id === id)) return picked.filter((run) => run.id !== id);
  return [...picked, ...rows.filter((run) => run.id === id)].slice(-2);
}

/** What can be done with the runs that were picked out; they may stand on different pages of the list. */
function PickedBar({ picked, onClear }: { picked: readonly RunRow[]; onClear: () => void }) {
  const [a, b] = picked;
  if (a === undefined) return null;
  return (
    <section
      aria-label="Chosen runs"
      className="sticky bottom-4 z-20 mx-auto mt-3 flex w-fit max-w-full flex-wrap items-center gap-3 rounded-lg border border-line bg-sheet px-3.5 py-2 text-sm shadow-float"
    >
      <span>
        <span className="code">{a.key}</span>
        {b === undefined ? (
          ': choose another to compare it with'
        ) : (
          <>
            {' '}
            and <span className="code">{b.key}</span>
          </>
        )}
      </span>
      {b === undefined ? null : (
        <ButtonLink href={compareRunsHref(a.key, b.key)} variant="primary" size="small">
          Compare
        </ButtonLink>
      )}
      <Button size="small" onClick={onClear}>
        Clear
      </Button>
    </section>
  );
}

/** The saved views as they are now: somebody else's shared one comes without a reload. */
function useViews(initial: SavedViews): SavedViews {
  const { data } = useQuery({
    queryKey: ['view', 'runs'],
    queryFn: ({ signal }) => fetchJson<SavedViews>('/api/views?list=runs', signal),
    initialData: initial,
  });
  return useMemo(
    () => ({
      ...data,
      // In the spelling of this page's address, so that the one on screen is found among them.
      views: data.views.map((view) => ({ ...view, query: runViewQuery(loadRunSearch(view.query)) })),
    }),
    [data],
  );
}

/** What was chosen once, less what no longer exists; null when nothing is left of it. */
function knownColumns(names: readonly string[] | null): RunColumn[] | null {
  const known = RUN_COLUMN_NAMES.filter((name) => names?.includes(name));
  return known.length === 0 ? null : known;
}

/** Keeps the rows on screen fresh in their places, and counts what came since. */
function useChanges(list: List, search: RunSearch): RunChanges {
  const ids = list.rows.map((run) => run.id).join(',');
  const filters = runFilterQuery(search);
  const { sort, order } = search;
  // Only on the first page: what would stand on another is found by going there.
  const end = list.previous === null ? (list.next ?? '') : undefined;
  const { data } = useQuery({
    queryKey: ['run', 'changes', filters, list.asOf, ids, sort, order, end],
    queryFn: ({ signal }) => {
      const query = new URLSearchParams(filters);
      query.set('since', list.asOf);
      query.set('ids', ids);
      query.set('sort', sort);
      query.set('order', order);
      if (end !== undefined) query.set('end', end);
      return fetchJson<RunChanges>(`/api/runs/changes?${query}`, signal);
    },
    // Nothing to ask before the first news come.
    initialData: { newRuns: 0, exact: true, rows: [] },
    staleTime: Number.POSITIVE_INFINITY,
  });
  return useMemo(() => {
    const fresh = new Map(data.rows.map((run) => [run.id, run]));
    return { ...data, rows: list.rows.map((run) => fresh.get(run.id) ?? run) };
  }, [data, list.rows]);
}

/** With the preview open, the arrow keys walk through the list. */
function usePeekKeys(rows: List['rows'], peek: string, setPeek: (id: string) => void) {
  useEffect(() => {
    if (peek === '') return;
    const onKey = (event: KeyboardEvent) => {
      const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
      const typing =
        event.target instanceof HTMLElement &&
        event.target.closest('input, select, textarea, [cmdk-root]') !== null;
      if (step === 0 || typing || event.metaKey || event.ctrlKey || event.altKey) return;
      const at = rows.findIndex((run) => run.id === peek);
      const next = rows[at + step];
      if (at === -1 || next === undefined) return;
      event.preventDefault();
      setPeek(next.id);
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [rows, peek, setPeek]);
}
