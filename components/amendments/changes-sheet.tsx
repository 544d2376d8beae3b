import Link from 'next/link';
import { compareHref } from '@/components/contracts/compare-href';
import { draftHref } from '@/components/contracts/contract-href';
import { OneChange } from '@/components/contracts/diff-changes';
import { countDirections, DirectionCounts } from '@/components/contracts/diff-direction';
import { Sheet, SheetBody, SheetFoot } from '@/components/ui/sheet';
import { Tag } from '@/components/ui/tag';
import { ROUTE_WORDS } from '@/lib/contract/change-row';
import { formatCount, plural } from '@/lib/format';
import type { AmendmentDetail } from '@/lib/services/amendments/dto';

const MOST = 12;
const ORDER = { wider: 0, narrower: 1, neutral: 2 } as const;

/** What an amendment changes, clause by clause, each with the rule and the way it takes. */
export function ChangesSheet({ amendment }: { amendment: AmendmentDetail }) {
  const { changes, ways, base, version, label, agent, draft, faults, number } = amendment;
  const names = [`v${base.label}`, label === null ? 'the draft' : `v${label}`] as const;
  const to = version === null ? draft?.id : version.number;
  const sides = compareHref(agent.name, { from: base.number, ...(to === undefined ? {} : { to }) });
  const shown = changes
    .map((change, at) => ({ change, way: ways[at] ?? change.route }))
    .toSorted((a, b) => ORDER[a.change.direction] - ORDER[b.change.direction])
    .slice(0, MOST);
  return (
    <Sheet
      title={`What AMD-${number} changes of v${base.label}`}
      label={changes.length === 0 ? undefined : plural(changes.length, 'change')}
    >
      {faults.length > 0 ? (
        <SheetBody className="grid gap-2 text-sm">
          <p className="font-medium text-medium">
            The draft is no whole contract now: {plural(faults.length, 'thing')} to do or to mend.
          </p>
          <ul className="grid gap-1 text-ink-2">
            {faults.slice(0, 5).map((fault) => (
              <li key={`${fault.path} ${fault.message}`} className="[overflow-wrap:anywhere]">
                <span className="code">{fault.path}</span> {fault.message}
              </li>
            ))}
          </ul>
          {draft === null ? null : (
            <Link href={draftHref(draft.id)} className="prose-link w-fit">
              Open the draft
            </Link>
          )}
        </SheetBody>
      ) : changes.length === 0 ? (
        <SheetBody className="text-sm text-ink-2">Nothing yet: it says what v{base.label} says.</SheetBody>
      ) : (
        <ol className="px-3.5">
          {shown.map(({ change, way }) => (
            <li
              key={`${change.clause} ${change.kind} ${String(change.before)} ${String(change.after)}`}
              className="grid grid-cols-[minmax(0,1fr)] gap-1.5 border-b border-line py-3 last:border-b-0"
            >
              <OneChange
                change={change}
                view="inline"
                names={names}
                href={`${sides}#${encodeURI(change.clause)}`}
              />
              {way === change.route ? null : (
                <p className="text-sm">
                  <Tag tone="medium">by consent</Tag> GRC consented that it goes back to{' '}
                  {ROUTE_WORDS[way].title} only.
                </p>
              )}
            </li>
          ))}
        </ol>
      )}
      {changes.length === 0 ? null : (
        <SheetFoot>
          <span className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1">
            <DirectionCounts counts={countDirections(changes)} />
            <Link href={sides} className="prose-link">
              {changes.length > shown.length
                ? `All ${formatCount(changes.length)} changes, side by side`
                : 'Side by side'}
            </Link>
          </span>
        </SheetFoot>
      )}
    </Sheet>
  );
}
