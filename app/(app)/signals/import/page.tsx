import type { Metadata } from 'next';
import { ImportFile } from '@/components/signals/import-file';
import { PageHeader } from '@/components/ui/page-header';
import { requireActor } from '@/lib/auth/session';
import { listAgentNames } from '@/lib/services/agents/list-agent-names';

export const metadata: Metadata = { title: 'Import signals' };

export default async function ImportSignalsPage() {
  const agents = await listAgentNames(await requireActor());
  return (
    <>
      <PageHeader
        crumbs={[{ label: 'Signals', href: '/signals' }, { label: 'Import' }]}
        title="Import signals"
        facts={['Outcomes, feedback or ratings from a file']}
      />
      <ImportFile agents={agents} />
    </>
  );
}
