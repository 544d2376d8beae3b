import type { Metadata } from 'next';
import { LiveRefresh } from '@/components/shell/live-refresh';
import { SignalFilters } from '@/components/signals/signal-filters';
import { SignalTable } from '@/components/signals/signal-table';
import { ButtonLink } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { PageHeader } from '@/components/ui/page-header';
import { PagingFoot } from '@/components/ui/paging';
import { Sheet } from '@/components/ui/sheet';
import { requireActor } from '@/lib/auth/session';
import { AppError } from '@/lib/errors';
import { plural } from '@/lib/format';
import { listAgentNames } from '@/lib/services/agents/list-agent-names';
import {
  type SignalFilters as Filters,
  listSignals,
  signalFacets,
  signalFilterSchema,
} from '@/lib/services/signals/list-signals';

export const metadata: Metadata = { title: 'Signals' };

type Search = Record<string, string | string[] | undefined>;

export default async function SignalsPage({ searchParams }: { searchParams: Promise<Search> }) {
  const actor = await requireActor();
  const filters = filtersOf(await searchParams);
  const [list, facets, agents] = await Promise.all([
    listSignals(actor, filters).catch((error: unknown) => {
      // An agent that is gone has no signals; the filters say what was asked for.
      if (error instanceof AppError && error.code === 'not_found')
        return { rows: [], next: null, total: null };
      throw error;
    }),
    signalFacets(actor),
    listAgentNames(actor),
  ]);
  const filtered = addressOf({ ...filters, after: '' }) !== '/signals';
  return (
    <>
      <LiveRefresh topics={['signal']} />
      <PageHeader
        title="Signals"
        facts={[
          list.total === null
            ? 'What was measured of quality: outcomes, feedback, evals, expert ratings'
            : `${plural(list.total, 'signal')} that count`,
        ]}
        actions={
          <>
            <ButtonLink href="/signals/sources">Connected systems</ButtonLink>
            <ButtonLink href="/signals/import" variant="primary">
              Import a file
            </ButtonLink>
          </>
        }
      />
      <SignalFilters
        agents={agents}
        sources={facets.sources}
        metrics={filters.metric}
        since={filters.since}
      />
      <Sheet>
        {list.rows.length > 0 ? (
          <SignalTable rows={list.rows} />
        ) : filtered ? (
          <EmptyState title="No signal fits" action={<ButtonLink href="/signals">Clear filters</ButtonLink>}>
            None of the signals so far matches these filters.
          </EmptyState>
        ) : (
          <EmptyState
            title="No signal yet"
            action={
              <>
                <ButtonLink href="/signals/import">Import a file</ButtonLink>
                <ButtonLink href="/signals/sources">Connect a system</ButtonLink>
              </>
            }
          >
            Outcomes, feedback and eval results appear here once they are sent to the runtime plane (POST
            /v1/signals), imported as a file, or posted by a connected system.
          </EmptyState>
        )}
        <PagingFoot
          first={filters.after === '' ? null : addressOf({ ...filters, after: '' })}
          next={list.next === null ? null : addressOf({ ...filters, after: list.next })}
        />
      </Sheet>
    </>
  );
}

function filtersOf(search: Search): Filters {
  const { metric, ...rest } = search;
  const metrics = metric === undefined ? [] : Array.isArray(metric) ? metric : metric.split(',');
  return signalFilterSchema.parse({ ...rest, metric: metrics });
}

function addressOf({ metric, ...rest }: Filters): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(rest)) if (value !== '') query.set(name, value);
  for (const each of metric) query.append('metric', each);
  const text = query.toString();
  return text === '' ? '/signals' : `/signals?${text}`;
}
