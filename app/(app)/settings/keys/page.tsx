import type { Metadata } from 'next';
import Link from 'next/link';
import { CreateKey, RevokeKey } from '@/components/keys/key-dialogs';
import { NotYours } from '@/components/settings/not-yours';
import { SettingsPage } from '@/components/settings/settings-page';
import { LiveRefresh } from '@/components/shell/live-refresh';
import { Callout } from '@/components/ui/callout';
import { EmptyState } from '@/components/ui/empty-state';
import { RelativeTime } from '@/components/ui/relative-time';
import { Sheet } from '@/components/ui/sheet';
import { Table, Td, Th, Tr } from '@/components/ui/table';
import { Tag } from '@/components/ui/tag';
import { can } from '@/lib/auth/can';
import { requireActor } from '@/lib/auth/session';
import { config } from '@/lib/config';
import { plural } from '@/lib/format';
import { listKeys } from '@/lib/services/keys/list-keys';

export const metadata: Metadata = { title: 'API keys' };

export default async function KeysPage({
  searchParams,
}: {
  searchParams: Promise<{ first?: string | string[] }>;
}) {
  const actor = await requireActor();
  if (!can(actor, 'key.manage', { workspaceId: actor.workspaceId }))
    return (
      <SettingsPage place="keys" title="API keys">
        <NotYours action="key.manage" what="API keys are" />
      </SettingsPage>
    );
  const [{ keys, agents }, { first }] = await Promise.all([listKeys(actor), searchParams]);
  const { runtimeUrl } = config();
  const inUse = keys.filter((key) => key.revokedAt === null).length;
  return (
    <SettingsPage
      place="keys"
      title="API keys"
      facts={[
        plural(inUse, 'key in use', 'keys in use'),
        <span key="to">
          agents send to <span className="code">{runtimeUrl}</span>
        </span>,
      ]}
      // The same button before and after the first key: its dialog shows the key while the page behind it changes.
      actions={
        <CreateKey
          agents={agents}
          runtimeUrl={runtimeUrl}
          initial={keys.length === 0 ? { name: 'First agent' } : {}}
        />
      }
    >
      <LiveRefresh topics={['key']} />
      {first === '1' && keys.length === 0 ? (
        <div className="mb-5">
          <Callout tone="accent" title="Your workspace is ready">
            Next: a key, so that your first agent can send its runs. Then import its contract; until then it
            runs under the workspace defaults.
          </Callout>
        </div>
      ) : null}
      <Sheet>
        {keys.length === 0 ? (
          <EmptyState title="No keys yet">
            An agent or exporter authenticates with a key. Any OpenTelemetry SDK can send with it; the lines
            to paste are shown with the key.
          </EmptyState>
        ) : (
          <Table label="API keys">
            <thead>
              <tr>
                <Th>Name</Th>
                <Th className="max-md:hidden">Key</Th>
                <Th className="max-md:hidden">Scopes</Th>
                <Th className="max-md:hidden">Agent</Th>
                <Th className="max-md:hidden">Last used</Th>
                <Th className="max-lg:hidden">Created</Th>
                <Th>Change</Th>
              </tr>
            </thead>
            <tbody>
              {keys.map((key) => (
                <Tr key={key.id} className={key.revokedAt === null ? '' : 'text-ink-3'}>
                  <Td wrap className="min-w-36!">
                    <strong className="font-semibold">{key.name}</strong>
                    <span className="mt-1 grid gap-1 md:hidden">
                      <span className="code text-ink-2">{key.prefix}…</span>
                      <Scopes scopes={key.scopes} />
                      <span className="text-ink-2">
                        {key.lastUsedAt === null ? (
                          'never used'
                        ) : (
                          <>
                            used <RelativeTime at={key.lastUsedAt} />
                          </>
                        )}
                      </span>
                    </span>
                  </Td>
                  <Td className="code max-md:hidden">{key.prefix}…</Td>
                  <Td className="max-md:hidden">
                    <Scopes scopes={key.scopes} />
                  </Td>
                  <Td className="text-ink-2 max-md:hidden">
                    {key.agent === null ? (
                      'any'
                    ) : (
                      <Link className="prose-link" href={`/agents/${encodeURIComponent(key.agent.name)}`}>
                        {key.agent.displayName}
                      </Link>
                    )}
                  </Td>
                  <Td className="text-ink-2 max-md:hidden">
                    {key.lastUsedAt === null ? 'never' : <RelativeTime at={key.lastUsedAt} />}
                  </Td>
                  <Td className="text-ink-2 max-lg:hidden">
                    <RelativeTime at={key.createdAt} />
                    {key.createdBy === null ? null : ` by ${key.createdBy}`}
                  </Td>
                  <Td>
                    {key.revokedAt === null ? (
                      <RevokeKey id={key.id} name={key.name} />
                    ) : (
                      <>
                        Revoked <RelativeTime at={key.revokedAt} />
                      </>
                    )}
                  </Td>
                </Tr>
              ))}
            </tbody>
          </Table>
        )}
      </Sheet>
    </SettingsPage>
  );
}

function Scopes({ scopes }: { scopes: readonly string[] }) {
  return (
    <span className="flex flex-wrap gap-1">
      {scopes.map((scope) => (
        <Tag key={scope}>{scope}</Tag>
      ))}
    </span>
  );
}
