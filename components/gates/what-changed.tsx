import Link from 'next/link';
import { compareHref } from '@/components/contracts/compare-href';
import { contractHref } from '@/components/contracts/contract-href';
import { OneChange } from '@/components/contracts/diff-changes';
import { countDirections, DirectionCounts } from '@/components/contracts/diff-direction';
import { Sheet, SheetBody, SheetFoot } from '@/components/ui/sheet';
import { ROUTE_WORDS } from '@/lib/contract/change-row';
import { formatCount, formatList, plural } from '@/lib/format';
import type { ReviewDetail } from '@/lib/services/gates/dto';
import { versionName } from './words';

/** So many clauses are read here; the rest where there is room for them. */
const MOST = 8;

/** What a signer has not agreed to before: the clauses that changed, those that widen first, and the way they go. */
export function WhatChanged({ review }: { review: ReviewDetail }) {
  const { diff, version, agent } = review;
  if (version === null) return <NoContract />;
  const contract = contractHref(agent.name, { version: version.number });
  if (diff === null) {
    const signed = review.steps.flatMap(({ gate, state }) =>
      gate !== review.gate && gate !== 'G1' && state === 'done' ? [gate] : [],
    );
    return (
      <Sheet
        title={
          signed.length === 0
            ? 'The whole contract is new'
            : `Unchanged since it was signed at ${signed.at(-1)}`
        }
      >
        <SheetBody className="text-sm">
          {signed.length === 0
            ? 'No earlier version was signed or in force, so there is nothing to compare it with. '
            : `${versionName(version)} was signed as it stands at ${formatList(signed)}; there is no earlier one to compare it with. `}
          <Link href={contract} className="prose-link">
            Read {versionName(version)}
          </Link>
        </SheetBody>
      </Sheet>
    );
  }
  const names = [versionName(diff.since), versionName(version)] as const;
  const order = { wider: 0, narrower: 1, neutral: 2 };
  const shown = diff.changes.toSorted((a, b) => order[a.direction] - order[b.direction]).slice(0, MOST);
  const compare = compareHref(agent.name, { from: diff.since.number, to: version.number });
  return (
    <Sheet title={`What changed since ${diff.why}`} label={routeWords(diff)}>
      {diff.changes.length === 0 ? (
        <SheetBody className="text-sm text-ink-2">
          They say the same; only words and spacing differ.
        </SheetBody>
      ) : (
        <ol className="px-3.5">
          {shown.map((change) => (
            <li
              key={`${change.clause} ${change.kind} ${String(change.before)} ${String(change.after)}`}
              className="grid grid-cols-[minmax(0,1fr)] gap-1.5 border-b border-line py-3 last:border-b-0"
            >
              <OneChange
                change={change}
                view="inline"
                names={names}
                href={`${change.after === undefined ? contractHref(agent.name, { version: diff.since.number }) : contract}#${encodeURI(change.clause)}`}
              />
            </li>
          ))}
        </ol>
      )}
      <SheetFoot>
        <span className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1">
          <DirectionCounts counts={countDirections(diff.changes)} />
          <Link href={compare} className="prose-link">
            {diff.changes.length > shown.length
              ? `All ${formatCount(diff.changes.length)} changes, side by side`
              : 'Side by side'}
          </Link>
        </span>
      </SheetFoot>
    </Sheet>
  );
}

/** G1 is about the case, whatever contract was written meanwhile. */
function NoContract() {
  return (
    <Sheet title="The case, not a contract">
      <SheetBody className="text-sm">
        What is signed here is the case made for the agent: how the work is done today, what it would be
        worth, and how ready it is to be done by itself. Open each piece of evidence below to read it.
      </SheetBody>
    </Sheet>
  );
}

function routeWords({ changes, routed }: NonNullable<ReviewDetail['diff']>): string {
  if (routed.route === null) return plural(changes.length, 'change');
  const { title, gates } = ROUTE_WORDS[routed.route];
  const [because] = routed.because;
  return `route: ${title}${because === undefined ? '' : `, by ${because.rule}`} · ${gates} reopened`;
}
