import Link from 'next/link';
import { Callout } from '@/components/ui/callout';
import { plural } from '@/lib/format';
import type { ContractDetail } from '@/lib/services/contracts/get-contract';
import type { DraftListRow } from '@/lib/services/drafts/list-drafts';
import { contractHref, draftHref } from './contract-href';
import { WriteNext } from './write-next';

/** What one has to know before reading: whose it is, whether it decides, what has moved since, what is being written. */
export function ContractCallouts({
  detail,
  page,
  drafts,
}: {
  detail: ContractDetail;
  /** The name the contract's page goes by. */
  page: string;
  drafts: readonly DraftListRow[];
}) {
  const { agent, version, versions, inherited, behind } = detail;
  const inForce = versions.find((each) => each.inForce);
  return (
    <div className="grid gap-3 print:hidden empty:hidden [&:not(:empty)]:pb-4">
      {inherited ? (
        <Callout tone="medium" title="It has no contract of its own">
          What you read are the workspace defaults, which hold for it until somebody writes one.
        </Callout>
      ) : null}
      {!inherited && !version.inForce ? (
        <Callout
          title={
            inForce === undefined
              ? 'No version of this contract is in force'
              : `This is not what decides: v${inForce.label} is`
          }
        >
          {inForce === undefined ? (
            <>
              The{' '}
              <Link href="/contracts/defaults" className="prose-link">
                workspace defaults
              </Link>{' '}
              decide meanwhile.
            </>
          ) : (
            <Link href={contractHref(page)} className="prose-link">
              Read the version in force
            </Link>
          )}
        </Callout>
      ) : null}
      {behind === null || agent === null ? null : (
        <Callout
          tone="medium"
          title={`The workspace defaults are v${behind.defaultsLabel} now; ${plural(behind.changes.length, 'clause')} it inherits changed`}
        >
          <p className="[overflow-wrap:anywhere]">
            <span className="code">
              {[...new Set(behind.changes.map((change) => change.clause))].slice(0, 6).join(', ')}
            </span>
            . It keeps what it was made with until its next version is made.
            {behind.breaks ? ' Under the new defaults it would not be sound: the draft shows why.' : ''}
          </p>
          {detail.mayImport ? (
            <div className="pt-2">
              <WriteNext
                agent={agent.name}
                number={version.number}
                label="Draft a version that takes them up"
                size="small"
              />
            </div>
          ) : null}
        </Callout>
      )}
      {drafts.length === 0 ? null : (
        <Callout
          title={
            drafts.length === 1
              ? 'A next version is being written'
              : `${drafts.length} drafts are being written`
          }
        >
          <ul className="grid gap-0.5">
            {drafts.slice(0, 5).map((draft) => (
              <li key={draft.id}>
                <Link href={draftHref(draft.id)} className="prose-link">
                  {draft.base === null ? 'A draft' : `The draft from v${draft.base.label}`}
                </Link>
                {draft.updatedBy === null ? '' : `, last changed by ${draft.updatedBy}`}
                {draft.present.length === 0 ? '' : `; open at ${draft.present.join(', ')}`}
              </li>
            ))}
          </ul>
        </Callout>
      )}
    </div>
  );
}
