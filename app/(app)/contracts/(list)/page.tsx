import type { Metadata } from 'next';
import { ContractList } from '@/components/contracts/contract-list';
import { LiveRefresh } from '@/components/shell/live-refresh';
import { ButtonLink } from '@/components/ui/button';
import { PageHeader } from '@/components/ui/page-header';
import { requireActor } from '@/lib/auth/session';
import { plural } from '@/lib/format';
import { listContracts } from '@/lib/services/contracts/list-contracts';

export const metadata: Metadata = { title: 'Contracts' };

export default async function ContractsPage() {
  const list = await listContracts(await requireActor());
  return (
    <>
      <LiveRefresh topics={['contract', 'agent', 'incident']} />
      <PageHeader
        title="Contracts"
        facts={[
          list.rows.length === 0
            ? ''
            : plural(list.rows.length, 'agent with its own contract', 'agents with their own contracts'),
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
