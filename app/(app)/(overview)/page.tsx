import type { Metadata } from 'next';
import type { SearchParams } from 'nuqs/server';
import { SwitchBanner } from '@/components/kill-switches/switch-banner';
import { OverviewPage } from '@/components/overview/overview-page';
import { requireActor } from '@/lib/auth/session';
import { listSwitches } from '@/lib/services/kill-switches/list-switches';
import { getOverview, overviewSchema } from '@/lib/services/overview/get-overview';
import { runtimeUrl } from '@/lib/services/runs/runtime-url';

export const metadata: Metadata = { title: 'Overview' };

export default async function Page({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const actor = await requireActor();
  const { days } = overviewSchema.parse(await searchParams);
  const now = new Date();
  const [initial, switches] = await Promise.all([getOverview(actor, days, now), listSwitches(actor)]);
  return (
    <>
      <SwitchBanner switches={switches} />
      <OverviewPage key={days} initial={initial} renderedAt={now.toISOString()} runtimeUrl={runtimeUrl()} />
    </>
  );
}
