import { ROUTE_WORDS } from '@/lib/contract/change-row';
import type { Change } from '@/lib/contract/diff';
import { subjectOf } from '@/lib/contract/diff-words';
import type { Routed } from '@/lib/contract/route';
import { formatCount, plural } from '@/lib/format';

/** Where a diff re-enters the lifecycle, and which changes ask for it. */
export function DiffRoute({ routed, total }: { routed: Routed; total: number }) {
  const { route, because } = routed;
  if (route === null) return null;
  const { title, kind, gates, means } = ROUTE_WORDS[route];
  // What reads alike is said once, however many clauses and entries of lists it is of.
  const words = ({ clause, why }: Change) => `${subjectOf(clause)}: ${why}`;
  const shown = [...new Map(because.map((change) => [words(change), change])).values()].slice(0, 3);
  const named = because.filter((change) => shown.some((each) => words(each) === words(change))).length;
  return (
    <section aria-label="Route" className="rounded-lg border border-line-strong bg-sheet px-4 py-3">
      <p className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
        <span className="text-sm text-ink-2">Route</span>
        <strong className="text-lg font-semibold">{title}</strong>
        <span>
          {kind}: {gates} {gates === 'G6' ? 'is' : 'are'} signed again, {means}.
        </span>
      </p>
      <ul className="mt-2 grid gap-1 text-sm">
        {shown.map((change) => (
          <li key={words(change)}>
            <span className="font-medium [overflow-wrap:anywhere]">{subjectOf(change.clause)}</span>
            <span className="text-ink-2">: {change.why}</span>
          </li>
        ))}
      </ul>
      {because.length > named || total > because.length ? (
        <p className="mt-1.5 text-sm text-ink-2">
          {because.length > named
            ? `${plural(because.length - named, 'more change')} ${because.length - named === 1 ? 'asks' : 'ask'} for it. `
            : ''}
          {total > because.length
            ? `${formatCount(total - because.length)} of ${plural(total, 'change')} would do with less.`
            : ''}
        </p>
      ) : null}
    </section>
  );
}
