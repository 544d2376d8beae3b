import type { Metadata } from 'next';
import Link from 'next/link';
import { ChainPanel } from '@/components/audit/chain-panel';
import { AuditDetail } from '@/components/audit/detail';
import { AuditFilters } from '@/components/audit/filters';
import { actionWords, subjectWords } from '@/components/audit/words';
import { NotYours } from '@/components/settings/not-yours';
import { SettingsPage } from '@/components/settings/settings-page';
import { buttonClass } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { EmptyState } from '@/components/ui/empty-state';
import { PagingFoot } from '@/components/ui/paging';
import { ExactTime } from '@/components/ui/relative-time';
import { Sheet } from '@/components/ui/sheet';
import { Table, Td, Th, Tr } from '@/components/ui/table';
import { can } from '@/lib/auth/can';
import { requireActor } from '@/lib/auth/session';
import { formatCount } from '@/lib/format';
import { auditQuerySchema } from '@/lib/services/audit/audit-query';
import { getChain } from '@/lib/services/audit/get-chain';
import { listAudit } from '@/lib/services/audit/list-audit';
import type { AuditRow } from '@/lib/services/audit/read-entries';
import { listInstanceKeys } from '@/lib/services/instance-keys/list-keys';

export const metadata: Metadata = { title: 'Audit log' };

const EXPORTS: readonly { label: string; holds: string; ask: Record<string, string> }[] = [
  { label: 'Export CSV', holds: 'The entries, to read and to sort', ask: { format: 'csv' } },
  {
    label: 'Export record',
    holds: 'JSON Lines with chain, checkpoints and signatures, to verify',
    ask: { format: 'jsonl' },
  },
  {
    label: 'With files',
    holds: 'The record with the bytes of every attached file',
    ask: { format: 'jsonl', files: 'yes' },
  },
];

export default async function AuditPage({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}) {
  const actor = await requireActor();
  if (!can(actor, 'audit.read', { workspaceId: actor.workspaceId }))
    return (
      <SettingsPage place="audit" title="Audit log">
        <NotYours action="audit.read" what="The audit log is" />
      </SettingsPage>
    );
  const parsed = auditQuerySchema.safeParse(await searchParams);
  const query = parsed.success ? parsed.data : auditQuerySchema.parse({});
  const [{ entries, next, actors, actions }, chain, keys] = await Promise.all([
    listAudit(actor, query),
    getChain(actor),
    listInstanceKeys(actor),
  ]);
  const { before, ...chosen } = query;
  const filters = Object.fromEntries(Object.entries(chosen).filter(([, value]) => value !== ''));
  const filtered = Object.keys(filters).length > 0;
  const address = (more: Record<string, string> = {}) =>
    `/settings/audit?${new URLSearchParams({ ...filters, ...more })}`;
  return (
    <SettingsPage
      place="audit"
      title="Audit log"
      facts={[
        'Newest first',
        'The database refuses to change or delete an entry',
        filtered
          ? 'Exports hold what fits the filters'
          : 'The record holds contracts, evidence, reviews and signatures too',
      ]}
      actions={EXPORTS.filter((each) => !filtered || each.label !== 'With files').map(
        ({ label, holds, ask }) => (
          // A plain link: the browser saves what it leads to.
          <a
            key={label}
            href={`/api/audit?${new URLSearchParams({ ...filters, ...ask })}`}
            download
            className={buttonClass()}
            title={holds}
          >
            {label}
          </a>
        ),
      )}
    >
      {parsed.success ? null : (
        <div className="mb-4">
          <Callout tone="medium" title="The address asks for something the audit log does not know">
            {parsed.error.issues[0]?.message ?? ''} Everything is shown.
          </Callout>
        </div>
      )}
      {before === undefined ? (
        <ChainPanel
          chain={chain}
          keys={keys}
          now={Date.now()}
          mayRotate={can(actor, 'instance-key.rotate', { workspaceId: actor.workspaceId })}
        />
      ) : null}
      <AuditFilters query={query} filtered={filtered} actors={actors} actions={actions} />
      <Sheet>
        {entries.length === 0 ? (
          <EmptyState title="No entries here">
            {filtered
              ? 'Nothing fits these filters.'
              : 'Everything people, keys and Countersign itself do in this workspace is written here.'}
          </EmptyState>
        ) : (
          <Table label="Audit log">
            <thead>
              <tr>
                <Th numeric className="max-md:hidden">
                  Entry
                </Th>
                <Th className="max-md:hidden">When</Th>
                <Th className="max-md:hidden">Who</Th>
                <Th>What</Th>
                <Th className="max-md:hidden">On</Th>
                <Th className="max-md:hidden">Detail</Th>
              </tr>
            </thead>
            <tbody>
              {entries.map((entry) => (
                <Tr key={entry.number} className="align-top">
                  <Td numeric className="py-2 text-ink-3 max-md:hidden">
                    {entry.link === null ? 'not sealed' : formatCount(entry.link)}
                  </Td>
                  <Td className="py-2 text-ink-2 max-md:hidden">
                    <ExactTime at={entry.at} />
                  </Td>
                  <Td wrap className="min-w-28! max-md:hidden">
                    <Who entry={entry} />
                  </Td>
                  <Td wrap className="min-w-56!">
                    {actionWords(entry.action)}
                    <span className="code block text-xs text-ink-3 [overflow-wrap:anywhere]">
                      {entry.action}
                    </span>
                    <span className="mt-1 grid gap-0.5 md:hidden">
                      <span>
                        <Who entry={entry} />, <On entry={entry} href={address} />
                      </span>
                      <span className="text-ink-2">
                        <ExactTime at={entry.at} /> ·{' '}
                        {entry.link === null ? 'not sealed yet' : `entry ${formatCount(entry.link)}`}
                      </span>
                      <span className="text-ink-2">
                        <AuditDetail detail={entry.detail} />
                      </span>
                    </span>
                  </Td>
                  <Td className="max-w-56 truncate py-2 max-md:hidden">
                    <On entry={entry} href={address} />
                  </Td>
                  <Td wrap className="min-w-64! text-ink-2 max-md:hidden">
                    <AuditDetail detail={entry.detail} />
                  </Td>
                </Tr>
              ))}
            </tbody>
          </Table>
        )}
        <PagingFoot
          first={before === undefined ? null : address()}
          next={next === null ? null : address({ before: String(next) })}
        />
      </Sheet>
    </SettingsPage>
  );
}

function Who({ entry }: { entry: AuditRow }) {
  return entry.actor === 'system' ? <span className="text-ink-2">{entry.actorName}</span> : entry.actorName;
}

function On({ entry, href }: { entry: AuditRow; href: (more: Record<string, string>) => string }) {
  if (entry.href !== null)
    return (
      <Link className="prose-link [overflow-wrap:anywhere]" href={entry.href}>
        {entry.subjectName}
      </Link>
    );
  return (
    <Link className="prose-link" href={href({ subject: entry.subject })} title={entry.subject}>
      {subjectWords(entry.subject)}
    </Link>
  );
}
