import type { Metadata } from 'next';
import Link from 'next/link';
import { ImportTools } from '@/components/catalogue/import-dialogs';
import { Triage } from '@/components/catalogue/triage';
import { SettingsPage } from '@/components/settings/settings-page';
import { LiveRefresh } from '@/components/shell/live-refresh';
import { EmptyState } from '@/components/ui/empty-state';
import { Sheet } from '@/components/ui/sheet';
import { requireActor } from '@/lib/auth/session';
import { config } from '@/lib/config';
import { formatCount, plural } from '@/lib/format';
import { listCatalogue, TOOL_STATES } from '@/lib/services/catalogue/list-catalogue';

export const metadata: Metadata = { title: 'Tool catalogue' };

const FILTERS = [
  { state: undefined, label: 'All' },
  { state: 'undecided', label: 'Waiting' },
  { state: 'changed', label: 'Changed' },
  { state: 'decided', label: 'Classified' },
  { state: 'missing', label: 'No longer listed' },
] as const;

/** `?state=` and `?server=` narrow the list. */
export default async function ToolsPage({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}) {
  const query = await searchParams;
  const state = TOOL_STATES.find((each) => each === query.state);
  const server = typeof query.server === 'string' ? query.server : undefined;
  const actor = await requireActor();
  const { tools, counts, servers, mayImport, mayDecide } = await listCatalogue(actor, { state, server });
  const href = (to: { state?: string | undefined; server?: string | undefined }) => {
    const search = new URLSearchParams();
    if (to.state !== undefined) search.set('state', to.state);
    if (to.server !== undefined) search.set('server', to.server);
    return search.size === 0 ? '/settings/tools' : `/settings/tools?${search}`;
  };
  return (
    <SettingsPage
      place="tools"
      title="Tool catalogue"
      facts={[
        counts.all === 0 ? null : `${plural(counts.all, 'tool')} of ${plural(servers.length, 'server')}`,
        counts.undecided + counts.changed === 0
          ? null
          : `${formatCount(counts.undecided + counts.changed)} to look at`,
        'Classified tools are offered when a contract is written.',
      ]}
      {...(mayImport ? { actions: <ImportTools dashboardUrl={config().dashboardUrl} /> } : {})}
    >
      <LiveRefresh topics={['catalogue']} />
      {counts.all === 0 ? (
        <Sheet>
          <EmptyState title="No tools yet">
            Import them from the MCP servers and APIs your agents use. Each comes with a suggestion of what it
            does and touches; a person decides.
            {mayImport ? null : ' Heads of AI and engineering leads import tools.'}
          </EmptyState>
        </Sheet>
      ) : (
        <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
          <nav aria-label="Which tools" className="flex flex-wrap gap-x-4 gap-y-1 text-sm">
            {FILTERS.map((filter) => (
              <Link
                key={filter.label}
                href={href({ state: filter.state, server })}
                aria-current={filter.state === state ? 'true' : undefined}
                className="text-ink-2 hover:text-ink aria-[current]:font-semibold aria-[current]:text-ink"
              >
                {filter.label} {formatCount(counts[filter.state ?? 'all'])}
              </Link>
            ))}
          </nav>
          {servers.length < 2 ? null : (
            <nav aria-label="Which server" className="flex flex-wrap gap-x-4 gap-y-1 text-sm">
              {[{ name: undefined }, ...servers].map((each) => (
                <Link
                  key={each.name ?? ''}
                  href={href({ state, server: each.name })}
                  aria-current={each.name === server ? 'true' : undefined}
                  className="text-ink-2 [overflow-wrap:anywhere] hover:text-ink aria-[current]:font-semibold aria-[current]:text-ink"
                >
                  {each.name ?? 'Every server'}
                </Link>
              ))}
            </nav>
          )}
          {tools.length === 0 ? (
            <Sheet>
              <EmptyState title={state === 'undecided' ? 'Nothing waits' : 'None of these'}>
                {state === 'undecided'
                  ? 'Every tool that is listed has been classified.'
                  : 'Look at all of them.'}
              </EmptyState>
            </Sheet>
          ) : (
            <Triage key={`${state} ${server}`} tools={tools} mayDecide={mayDecide} />
          )}
        </div>
      )}
    </SettingsPage>
  );
}
