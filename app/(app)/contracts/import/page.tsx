import type { Metadata } from 'next';
import { ImportForm } from '@/components/contracts/import-form';
import { NotYours } from '@/components/settings/not-yours';
import { PageHeader } from '@/components/ui/page-header';
import { can, rolesThatMay } from '@/lib/auth/can';
import { ROLE_TITLES } from '@/lib/auth/roles';
import { requireActor } from '@/lib/auth/session';
import { formatList } from '@/lib/format';
import { getContract } from '@/lib/services/contracts/get-contract';

export const metadata: Metadata = { title: 'Import a contract' };

/** `?from=<agent>` starts from the text of its version in force, `&version=N` from another. */
export default async function ImportPage({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}) {
  const { from, version } = await searchParams;
  const actor = await requireActor();
  const { workspaceId } = actor;
  const start =
    typeof from === 'string'
      ? await getContract(actor, from, Number(version) > 0 ? Number(version) : undefined).catch(() => null)
      : null;
  const roles = rolesThatMay('contract.put-in-force');
  return (
    <>
      <PageHeader
        crumbs={[{ label: 'Contracts', href: '/contracts' }, { label: 'Import' }]}
        title="Import a contract"
        facts={[
          'Every import is a version that never changes, named by the digest of what it says.',
          <a key="schema" href="/schema/v1/contract.json" className="prose-link">
            JSON Schema for your editor
          </a>,
        ]}
      />
      {can(actor, 'contract.import', { workspaceId }) ? (
        <ImportForm
          from={start === null ? null : { source: start.source, format: start.sourceFormat }}
          mayPutInForce={can(actor, 'contract.put-in-force', { workspaceId })}
          whoMay={roles === 'everyone' ? 'members' : formatList(roles.map((role) => ROLE_TITLES[role]))}
        />
      ) : (
        <NotYours action="contract.import" what="Importing contracts is" />
      )}
    </>
  );
}
