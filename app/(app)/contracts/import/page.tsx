import type { Metadata } from 'next';
import { ImportForm } from '@/components/contracts/import-form';
import { NotYours } from '@/components/settings/not-yours';
import { PageHeader } from '@/components/ui/page-header';
import { can, rolesThatMay } from '@/lib/auth/can';
import { ROLE_TITLES } from '@/lib/auth/roles';
import { requireActor } from '@/lib/auth/session';
import { formatList } from '@/lib/format';

export const metadata: Metadata = { title: 'Import a contract' };

export default async function ImportPage() {
  const actor = await requireActor();
  const { workspaceId } = actor;
  const roles = rolesThatMay('contract.put-in-force');
  return (
    <>
      <PageHeader
        crumbs={[{ label: 'Contracts', href: '/contracts' }, { label: 'Import' }]}
        title="Import a contract"
        facts={[
          'Every import is a version that never changes, named by the digest of what it says.',
          <a key="schema" href="/api/v1/contract-schema.json" className="prose-link">
            JSON Schema for your editor
          </a>,
        ]}
      />
      {can(actor, 'contract.import', { workspaceId }) ? (
        <ImportForm
          mayPutInForce={can(actor, 'contract.put-in-force', { workspaceId })}
          whoMay={roles === 'everyone' ? 'members' : formatList(roles.map((role) => ROLE_TITLES[role]))}
        />
      ) : (
        <NotYours action="contract.import" what="Importing contracts is" />
      )}
    </>
  );
}
