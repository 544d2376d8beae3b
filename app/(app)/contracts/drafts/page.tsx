import type { Metadata } from 'next';
import { DraftList } from '@/components/editor/draft-list';
import { LiveRefresh } from '@/components/shell/live-refresh';
import { ButtonLink } from '@/components/ui/button';
import { PageHeader } from '@/components/ui/page-header';
import { requireActor } from '@/lib/auth/session';
import { plural } from '@/lib/format';
import { listDrafts } from '@/lib/services/drafts/list-drafts';

export const metadata: Metadata = { title: 'Drafts' };

export default async function DraftsPage() {
  const { rows, mayWrite } = await listDrafts(await requireActor());
  return (
    <>
      <LiveRefresh topics={['draft']} />
      <PageHeader
        crumbs={[{ label: 'Contracts', href: '/contracts' }, { label: 'Drafts' }]}
        title="Drafts"
        facts={[
          rows.length === 0 ? '' : plural(rows.length, 'contract being written', 'contracts being written'),
        ]}
        actions={
          mayWrite ? (
            <ButtonLink href="/contracts/new" variant="primary">
              Write a contract
            </ButtonLink>
          ) : undefined
        }
      />
      <DraftList rows={rows} mayWrite={mayWrite} />
    </>
  );
}
