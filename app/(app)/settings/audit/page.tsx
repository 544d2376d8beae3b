import type { Metadata } from 'next';
import Form from 'next/form';
import Link from 'next/link';
import { AuditDetail } from '@/components/audit/detail';
import { NotYours } from '@/components/settings/not-yours';
import { SettingsPage } from '@/components/settings/settings-page';
import { Button, ButtonLink } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { Select } from '@/components/ui/field';
import { ExactTime } from '@/components/ui/relative-time';
import { Sheet, SheetFoot } from '@/components/ui/sheet';
import { Table, Td, Th, Tr } from '@/components/ui/table';
import { can } from '@/lib/auth/can';
import { requireActor } from '@/lib/auth/session';
import { formatCount } from '@/lib/format';
import { AUDIT_NOUNS, auditQuerySchema, listAudit } from '@/lib/services/audit/list-audit';

export const metadata: Metadata = { title: 'Audit log' };

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
  const { entries, next, actors } = await listAudit(actor, query);
  const filters = Object.fromEntries(
    Object.entries({ actor: query.actor, noun: query.noun, subject: query.subject }).filter(
      ([, value]) => value !== '',
    ),
  );
  const filtered = Object.keys(filters).length > 0;
  return (
    <SettingsPage
      place="audit"
      title="Audit log"
      facts={['Newest first', 'The database refuses to change or delete an entry']}
    >
      <Form action="/settings/audit" className="mb-4 flex flex-wrap items-end gap-3">
        <div className="w-56">
          <Select name="actor" label="By" defaultValue={query.actor} key={`by ${query.actor}`}>
            <option value="">anyone</option>
            {actors.map((each) => (
              <option key={each.actor} value={each.actor}>
                {each.name}
              </option>
            ))}
          </Select>
        </div>
        <div className="w-44">
          <Select name="noun" label="About" defaultValue={query.noun} key={`about ${query.noun}`}>
            <option value="">anything</option>
            {AUDIT_NOUNS.map((noun) => (
              <option key={noun} value={noun}>
                {noun}
              </option>
            ))}
          </Select>
        </div>
        {query.subject === '' ? null : <input type="hidden" name="subject" value={query.subject} />}
        <Button type="submit">Filter</Button>
        {filtered ? (
          <ButtonLink variant="link" href="/settings/audit" className="mb-2">
            Show everything
          </ButtonLink>
        ) : null}
      </Form>
      <Sheet>
        {entries.length === 0 ? (
          <EmptyState title="No entries here">
            {filtered
              ? 'Nothing fits this filter.'
              : 'Everything people, keys and Countersign itself do in this workspace is written here.'}
          </EmptyState>
        ) : (
          <Table label="Audit log">
            <thead>
              <tr>
                <Th numeric>Entry</Th>
                <Th>When</Th>
                <Th>Who</Th>
                <Th>What</Th>
                <Th>On</Th>
                <Th>Detail</Th>
              </tr>
            </thead>
            <tbody>
              {entries.map((entry) => (
                <Tr key={entry.number}>
                  <Td numeric className="text-ink-3">
                    {formatCount(entry.number)}
                  </Td>
                  <Td className="text-ink-2">
                    <ExactTime at={entry.at} />
                  </Td>
                  <Td>
                    {entry.actor === 'system' ? (
                      <span className="text-ink-2">{entry.actorName}</span>
                    ) : (
                      entry.actorName
                    )}
                  </Td>
                  <Td className="code">{entry.action}</Td>
                  <Td className="max-w-56 truncate">
                    {entry.href === null ? (
                      <Link
                        className="code prose-link"
                        href={`/settings/audit?${new URLSearchParams({ ...filters, subject: entry.subject })}`}
                        title={entry.subject}
                      >
                        {entry.subject.slice(0, 18)}…
                      </Link>
                    ) : (
                      <Link className="prose-link" href={entry.href}>
                        {entry.subjectName}
                      </Link>
                    )}
                  </Td>
                  <Td wrap className="min-w-72 text-ink-2">
                    <AuditDetail detail={entry.detail} />
                  </Td>
                </Tr>
              ))}
            </tbody>
          </Table>
        )}
        {next === null && query.before === undefined ? null : (
          <SheetFoot>
            <span className="flex gap-2">
              {query.before === undefined ? null : (
                <ButtonLink size="small" href={`/settings/audit?${new URLSearchParams(filters)}`}>
                  Newest
                </ButtonLink>
              )}
              {next === null ? null : (
                <ButtonLink
                  size="small"
                  href={`/settings/audit?${new URLSearchParams({ ...filters, before: String(next) })}`}
                >
                  Older
                </ButtonLink>
              )}
            </span>
          </SheetFoot>
        )}
      </Sheet>
    </SettingsPage>
  );
}
