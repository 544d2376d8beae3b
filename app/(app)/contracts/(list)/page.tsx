import type { Metadata } from 'next';
import Link from 'next/link';
import { ContractList } from '@/components/contracts/contract-list';
import { LiveRefresh } from '@/components/shell/live-refresh';
import { ButtonLink } from '@/components/ui/button';
import { PageHeader } from '@/components/ui/page-header';
import { requireActor } from '@/lib/auth/session';
import { plural } from '@/lib/format';
import { listContracts } from '@/lib/services/contracts/list-contracts';
import { listDrafts } from '@/lib/services/drafts/list-drafts';

export const metadata: Metadata = { title: 'Contracts' };

export default async function ContractsPage() {
  const actor = await requireActor();
  const [list, drafts] = await Promise.all([listContracts(actor), listDrafts(actor)]);
  return (
    <>
      <LiveRefresh topics={['contract', 'agent', 'incident', 'draft']} />
      <PageHeader
        title="Contracts"
        facts={[
          list.rows.length === 0
            ? ''
            : plural(list.rows.length, 'agent with its own contract', 'agents with their own contracts'),
          drafts.rows.length === 0 ? (
            ''
          ) : (
            <Link key="drafts" href="/contracts/drafts" className="prose-link">
              {plural(drafts.rows.length, 'draft')}
            </Link>
          ),
        ]}
        actions={
          list.mayImport ? (
            <>
              <ButtonLink href="/contracts/import">Import a contract</ButtonLink>
              <ButtonLink href="/contracts/new" variant="primary">
                Write a contract
              </ButtonLink>
            </>
          ) : undefined
        }
      />
      <ContractList list={list} today={new Date().toISOString().slice(0, 10)} />
    </>
  );
}
