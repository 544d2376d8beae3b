import type { Metadata } from 'next';
import type { SearchParams } from 'nuqs/server';
import { OverviewPage } from '@/components/overview/overview-page';
import { requireActor } from '@/lib/auth/session';
import { getOverview, overviewSchema } from '@/lib/services/overview/get-overview';
import { runtimeUrl } from '@/lib/services/runs/runtime-url';

export const metadata: Metadata = { title: 'Overview' };

export default async function Page({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const actor = await requireActor();
  const { days } = overviewSchema.parse(await searchParams);
  const now = new Date();
  const initial = await getOverview(actor, days, now);
  return (
    <OverviewPage key={days} initial={initial} renderedAt={now.toISOString()} runtimeUrl={runtimeUrl()} />
  );
}
