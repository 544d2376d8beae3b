import type { Metadata } from 'next';
import type { SearchParams } from 'nuqs/server';
import { Suspense } from 'react';
import { SilenceOverview } from '@/components/expert-review/review-overview';
import { SwitchBanner } from '@/components/kill-switches/switch-banner';
import { OverviewPage } from '@/components/overview/overview-page';
import type { Actor } from '@/lib/auth/actor';
import { requireActor } from '@/lib/auth/session';
import { listSilence } from '@/lib/services/expert-reviews/list-silence';
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
      <OverviewPage
        key={days}
        initial={initial}
        renderedAt={now.toISOString()}
        runtimeUrl={runtimeUrl()}
        silence={
          <Suspense>
            <Silences actor={actor} now={now} />
          </Suspense>
        }
      />
    </>
  );
}

/** Read apart: it looks into what reviewers said of every agent. */
async function Silences({ actor, now }: { actor: Actor; now: Date }) {
  return <SilenceOverview rows={await listSilence(actor, now)} />;
}
