import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import type { SearchParams } from 'nuqs/server';
import { RunList } from '@/components/runs/run-list';
import { loadRunSearch, runQuery } from '@/components/runs/run-search';
import { requireActor } from '@/lib/auth/session';
import { AppError } from '@/lib/errors';
import { listRunFacets } from '@/lib/services/runs/list-run-facets';
import { listRuns } from '@/lib/services/runs/list-runs';
import { runFilterSchema, runPageSchema } from '@/lib/services/runs/run-filters';
import { runtimeUrl } from '@/lib/services/runs/runtime-url';
import { listViews } from '@/lib/services/views/list-views';

export const metadata: Metadata = { title: 'Runs' };

export default async function RunsPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const actor = await requireActor();
  const search = await loadRunSearch(searchParams);
  const query = runQuery(search);
  const asked = Object.fromEntries(new URLSearchParams(query));
  const [initial, facets, views] = await Promise.all([
    listRuns(actor, runFilterSchema.parse(asked), runPageSchema.parse(asked)).catch((error: unknown) => {
      // A mark of a page that no longer fits: the first page is what one wants then.
      if (error instanceof AppError && error.code === 'invalid')
        redirect(`/runs${runQuery({ ...search, after: null, before: null })}`);
      throw error;
    }),
    listRunFacets(actor),
    listViews(actor, 'runs'),
  ]);
  return (
    <RunList initial={initial} initialQuery={query} facets={facets} views={views} runtimeUrl={runtimeUrl()} />
  );
}
