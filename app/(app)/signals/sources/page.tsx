import type { Metadata } from 'next';
import { LiveRefresh } from '@/components/shell/live-refresh';
import { ConnectSource, RemoveSource } from '@/components/signals/connect-source';
import { CopyButton } from '@/components/ui/copy-button';
import { EmptyState } from '@/components/ui/empty-state';
import { PageHeader } from '@/components/ui/page-header';
import { RelativeTime } from '@/components/ui/relative-time';
import { Sheet, SheetFoot } from '@/components/ui/sheet';
import { Table, Td, Th, Tr } from '@/components/ui/table';
import { can } from '@/lib/auth/can';
import { requireActor } from '@/lib/auth/session';
import { SOURCE_NAMES } from '@/lib/scoring/signal-mapping';
import { listAgentNames } from '@/lib/services/agents/list-agent-names';
import { runtimeUrl } from '@/lib/services/runs/runtime-url';
import { listSources } from '@/lib/services/signals/sources';

export const metadata: Metadata = { title: 'Connected systems' };

export default async function SourcesPage() {
  const actor = await requireActor();
  const [sources, agents] = await Promise.all([listSources(actor), listAgentNames(actor)]);
  const may = can(actor, 'signal-source.manage', { workspaceId: actor.workspaceId });
  const base = runtimeUrl();
  return (
    <>
      <LiveRefresh topics={['signal']} />
      <PageHeader
        crumbs={[{ label: 'Signals', href: '/signals' }, { label: 'Connected systems' }]}
        title="Connected systems"
        facts={['What posts signals by webhook']}
        actions={may ? <ConnectSource agents={agents} runtimeUrl={base} /> : null}
      />
      <Sheet>
        {sources.length === 0 ? (
          <EmptyState title="No system is connected">
            ServiceNow, Zendesk or anything that posts JSON can send what became of the agents’ work. Each
            gets an address and a secret of its own.
          </EmptyState>
        ) : (
          <Table label="Table of connected systems">
            <thead>
              <tr>
                <Th>Name</Th>
                <Th className="max-md:hidden">Kind</Th>
                <Th>Posts to</Th>
                <Th>Last heard of</Th>
                <Th className="max-lg:hidden">Last refusal</Th>
                {may ? (
                  <Th>
                    <span className="sr-only">Remove</span>
                  </Th>
                ) : null}
              </tr>
            </thead>
            <tbody>
              {sources.map((source) => (
                <Tr key={source.id}>
                  <Td wrap className="max-md:min-w-28!">
                    {source.name}
                  </Td>
                  <Td className="max-md:hidden">{SOURCE_NAMES[source.kind]}</Td>
                  <Td className="max-w-64">
                    <span className="flex items-center gap-1">
                      <span className="code min-w-0 truncate">{`/v1/signals/${source.key}`}</span>
                      <CopyButton
                        value={`${base}/v1/signals/${source.key}`}
                        what={`address of ${source.name}`}
                      />
                    </span>
                  </Td>
                  <Td>
                    {source.lastAt === null ? (
                      <span className="text-ink-3">never</span>
                    ) : (
                      <RelativeTime at={source.lastAt} />
                    )}
                  </Td>
                  <Td wrap className="max-lg:hidden">
                    {source.lastRefusal === null || source.lastRefusalAt === null ? (
                      <span className="text-ink-3">none</span>
                    ) : (
                      <>
                        {source.lastRefusal}{' '}
                        <span className="text-ink-2">
                          <RelativeTime at={source.lastRefusalAt} />
                        </span>
                      </>
                    )}
                  </Td>
                  {may ? (
                    <Td numeric>
                      <RemoveSource id={source.id} name={source.name} />
                    </Td>
                  ) : null}
                </Tr>
              ))}
            </tbody>
          </Table>
        )}
        <SheetFoot>
          Signed as Standard Webhooks or Zendesk sign, or with the secret as bearer token. A single record, or
          a list of them.
        </SheetFoot>
      </Sheet>
    </>
  );
}
