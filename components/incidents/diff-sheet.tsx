import Link from 'next/link';
import { compareHref } from '@/components/contracts/compare-href';
import { OneChange } from '@/components/contracts/diff-changes';
import { clauseHref } from '@/components/runs/links';
import { Sheet, SheetBody, SheetFoot } from '@/components/ui/sheet';
import { plural } from '@/lib/format';
import type { KnownGoodDiff } from '@/lib/services/incidents/get-incident';

/** The version the run was held to, against the last one that is known to be good. */
export function DiffSheet({
  diff,
  agent,
  clause,
}: {
  diff: KnownGoodDiff;
  agent: string;
  /** The clause that was broken. */
  clause: string;
}) {
  const { good, held, changes, total } = diff;
  const touches = changes.some(
    (change) => clause === change.clause || clause.startsWith(`${change.clause}/`),
  );
  return (
    <Sheet title={`v${held.name} against last known-good v${good.name}`} label={plural(total, 'change')}>
      {changes.length === 0 ? (
        <SheetBody className="text-sm text-ink-2">They say the same.</SheetBody>
      ) : (
        <ol className="text-sm">
          {changes.map((change) => (
            <li
              key={`${change.clause} ${change.kind} ${String(change.before)} ${String(change.after)}`}
              className="grid grid-cols-[minmax(0,1fr)] gap-1.5 border-b border-line px-3.5 py-3 last:border-b-0"
            >
              <OneChange
                change={change}
                view="inline"
                names={[`v${good.name}`, `v${held.name}`]}
                href={clauseHref(change.clause, {
                  agent,
                  ofAgent: true,
                  version: change.after === undefined ? good.number : held.number,
                })}
              />
            </li>
          ))}
        </ol>
      )}
      <SheetFoot>
        {touches || total > changes.length ? null : 'The clause that was broken says the same in both. '}
        <Link href={compareHref(agent, { from: good.number, to: held.number })} className="prose-link">
          {total > changes.length ? `See all ${total} changes` : 'Compare the two'}
        </Link>
      </SheetFoot>
    </Sheet>
  );
}
