import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { cache } from 'react';
import { AgentNav } from '@/components/agents/agent-nav';
import { DrillsPage } from '@/components/drills/drills-page';
import { SwitchBanner } from '@/components/kill-switches/switch-banner';
import { EmptyState } from '@/components/ui/empty-state';
import { PageHeader } from '@/components/ui/page-header';
import { Sheet } from '@/components/ui/sheet';
import { requireActor } from '@/lib/auth/session';
import { AppError } from '@/lib/errors';
import { listDrills } from '@/lib/services/drills/list-drills';
import { listSwitches } from '@/lib/services/kill-switches/list-switches';

type Props = { params: Promise<{ name: string }> };

const load = cache(async (name: string) => {
  const actor = await requireActor();
  const [drills, switches] = await Promise.all([
    listDrills(actor, name).catch((error: unknown) => {
      if (error instanceof AppError && error.code === 'not_found') notFound();
      // No contract decides for it: nothing can be exercised.
      if (error instanceof AppError && error.code === 'conflict') return error.message;
      throw error;
    }),
    listSwitches(actor, { agent: name }),
  ]);
  return { drills, switches };
});

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const name = decodeURIComponent((await params).name);
  const { drills } = await load(name);
  return { title: `Drills of ${typeof drills === 'string' ? name : drills.agent.displayName}` };
}

export default async function Page({ params }: Props) {
  const name = decodeURIComponent((await params).name);
  const { drills, switches } = await load(name);
  const displayName = typeof drills === 'string' ? name : drills.agent.displayName;
  return (
    <>
      <PageHeader
        crumbs={[
          { label: 'Agents', href: '/agents' },
          { label: displayName, href: `/agents/${encodeURIComponent(name)}` },
          { label: 'Drills' },
        ]}
        title={`Drills of ${displayName}`}
        facts={['Exercises of what must work when it matters. They really run, and become evidence.']}
      />
      <AgentNav name={name} current="drills" />
      <SwitchBanner switches={switches} />
      {typeof drills === 'string' ? (
        <Sheet>
          <EmptyState title="Nothing can be drilled yet">{drills}</EmptyState>
        </Sheet>
      ) : (
        <DrillsPage drills={drills} />
      )}
    </>
  );
}
