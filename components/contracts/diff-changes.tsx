import Link from 'next/link';
import { stringify } from 'yaml';
import { Tag } from '@/components/ui/tag';
import { ROUTE_WORDS } from '@/lib/contract/change-row';
import { sectionOf } from '@/lib/contract/clauses';
import type { Change } from '@/lib/contract/diff';
import { subjectOf, valueWords } from '@/lib/contract/diff-words';
import { SECTIONS } from '@/lib/contract/schema';
import { DirectionMark } from './diff-direction';

export type DiffView = 'side' | 'inline';

/** From here on only what is in view is laid out. */
const LONG = 40;
const LAZY = '[contain-intrinsic-size:auto_110px] [content-visibility:auto]';

/** Every change by section, in the order a contract is read; before and after side by side or one under the other. */
export function DiffChanges({
  changes,
  view,
  names,
  hrefOf,
}: {
  changes: readonly Change[];
  view: DiffView;
  /** What the two are called: "v1.2" and "v1.3". */
  names: readonly [before: string, after: string];
  /** Where a clause is read. */
  hrefOf: (change: Change) => string;
}) {
  const groups = [
    { key: undefined, title: 'The document', number: 0 },
    ...SECTIONS.map(({ key, title }, index) => ({ key, title, number: index + 1 })),
  ]
    .map((section) => ({
      ...section,
      changes: changes.filter((change) => sectionOf(change.clause) === section.key),
    }))
    .filter((section) => section.changes.length > 0);
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-6">
      {groups.map((section) => (
        <section key={section.title} aria-label={section.title} className="min-w-0">
          <h2 className="flex items-baseline justify-between gap-4 border-b border-line pb-1.5 text-base font-semibold">
            <span>
              {section.number === 0 ? '' : `${section.number}\u2002`}
              {section.title}
            </span>
            <span className="text-xs font-normal text-ink-2">{section.changes.length}</span>
          </h2>
          <ol>
            {section.changes.map((change) => (
              <li
                key={`${change.clause} ${change.kind} ${String(change.before)} ${String(change.after)}`}
                className={`grid grid-cols-[minmax(0,1fr)] gap-1.5 border-b border-line py-3 last:border-b-0 ${changes.length > LONG ? LAZY : ''}`}
              >
                <OneChange change={change} view={view} names={names} href={hrefOf(change)} />
              </li>
            ))}
          </ol>
        </section>
      ))}
    </div>
  );
}

/** One clause: which way it moves, what it said before and says after, and why it takes its route. */
export function OneChange({
  change,
  view,
  names,
  href,
}: {
  change: Change;
  view: DiffView;
  names: readonly [string, string];
  href: string;
}) {
  return (
    <>
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
        <div className="min-w-0">
          <span className="font-medium [overflow-wrap:anywhere]">{subjectOf(change.clause)}</span>{' '}
          <Link
            href={href}
            className="code text-ink-3 [overflow-wrap:anywhere] hover:text-ink hover:underline"
          >
            {change.clause}
          </Link>
        </div>
        <div className="flex flex-none items-center gap-2.5">
          <DirectionMark direction={change.direction} mixed={change.mixed} />
          <Tag>{ROUTE_WORDS[change.route].title}</Tag>
        </div>
      </div>
      <div
        className={`grid grid-cols-[minmax(0,1fr)] gap-1.5 ${view === 'side' ? 'md:grid-cols-2 md:gap-3' : ''}`}
      >
        <Value change={change} value={change.before} name={names[0]} sign="−" inline={view === 'inline'} />
        <Value change={change} value={change.after} name={names[1]} sign="+" inline={view === 'inline'} />
      </div>
      <p className="text-sm text-ink-2">
        {change.why} <span className="code text-ink-3">{change.rule}</span>
      </p>
    </>
  );
}

function Value({
  change,
  value,
  name,
  sign,
  inline,
}: {
  change: Change;
  value: unknown;
  name: string;
  sign: '+' | '−';
  inline: boolean;
}) {
  const words = valueWords(change.clause, value);
  if (words === null)
    return inline ? null : (
      <div className="rounded-md border border-dashed border-line px-3 py-1.5 text-sm text-ink-3">
        {name}: not there
      </div>
    );
  const deep = typeof value === 'object' && value !== null && !Array.isArray(value);
  return (
    <div
      className={`min-w-0 rounded-md border px-3 py-1.5 text-base ${sign === '+' ? 'border-line-strong bg-sheet' : 'border-line bg-sunk'}`}
    >
      <div className="flex gap-2">
        <span aria-hidden="true" className="code flex-none text-ink-3">
          {sign}
        </span>
        <span className="sr-only">{name}: </span>
        <span className="min-w-0 [overflow-wrap:anywhere]">{words}</span>
      </div>
      {deep ? (
        <details className="mt-1 text-sm text-ink-2">
          <summary className="w-fit rounded-sm hover:text-ink">As YAML</summary>
          <pre className="code mt-1 overflow-x-auto">{stringify(value, { lineWidth: 60 })}</pre>
        </details>
      ) : null}
    </div>
  );
}
