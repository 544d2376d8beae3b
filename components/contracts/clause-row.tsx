import Link from 'next/link';
import type { ReactNode } from 'react';
import { Band } from '@/components/ui/band';
import type { ClauseText } from '@/lib/contract/clause-text';
import type { BrokenClause } from '@/lib/services/contracts/get-contract';
import { ClausePath } from './clause-path';
import { type People, Sentence } from './sentence';

/** Highlights the clause the address names (set by ClauseMark); the faintest ink would be too faint on that ground. */
export const MARKED =
  'data-marked:bg-accent-soft data-marked:[--ink-3:var(--ink-2)] data-marked:shadow-[-8px_0_0_var(--accent-soft),8px_0_0_var(--accent-soft)]';

/** A clause's name as a link to itself, small, for the margin; breaks where a reader would. */
export function ClauseName({ path }: { path: string }) {
  return (
    <a
      href={`#${encodeURI(path)}`}
      className="code text-ink-3 [overflow-wrap:anywhere] hover:text-ink hover:underline"
    >
      <ClausePath path={path} />
    </a>
  );
}

/** Anchors for the clauses that are read inside another. */
export function Anchors({ ids }: { ids: readonly string[] }) {
  return ids.map((id) => <span key={id} id={id} />);
}

/** The incidents that wait because this clause was broken. */
export function BrokenBy({ broken }: { broken: readonly BrokenClause[] }) {
  if (broken.length === 0) return null;
  return (
    <ul className="grid gap-1 text-sm">
      {broken.slice(0, 3).map(({ clause, incident }) => (
        <li
          key={`${clause} ${incident.number}`}
          className="flex flex-wrap items-center gap-x-2.5 rounded-md bg-sunk px-3 py-1.5"
        >
          <Band band={incident.severity} label="Broken" />
          <Link href={`/incidents/${incident.number}`} className="prose-link">
            INC-{incident.number}
          </Link>
          <span className="min-w-0 text-ink-2 [overflow-wrap:anywhere]">{incident.title}</span>
        </li>
      ))}
      {broken.length > 3 ? (
        <li className="px-3 text-ink-2">and {broken.length - 3} more open incidents</li>
      ) : null}
    </ul>
  );
}

/** One clause of the document: its name in the margin, its sentence, what stands below it. */
export function ClauseRow({
  clause,
  people,
  anchors = [],
  broken = [],
  notes,
}: {
  clause: ClauseText;
  people: People;
  anchors?: readonly string[];
  broken?: readonly BrokenClause[];
  /** Where it comes from, whether runs came upon it, what people say of it. */
  notes?: ReactNode;
}) {
  return (
    <div
      id={clause.path}
      data-clause=""
      className={`group relative grid grid-cols-[minmax(0,1fr)] gap-x-4 gap-y-1 border-b border-line py-2.5 md:grid-cols-[168px_minmax(0,1fr)] ${MARKED}`}
    >
      <div className="leading-[22px]">
        <Anchors ids={anchors} />
        <ClauseName path={clause.path} />
      </div>
      <div className="grid min-w-0 gap-1.5">
        <p className="max-w-[68ch] [overflow-wrap:anywhere]">
          <Sentence parts={clause.sentence} people={people} />
          {clause.link === undefined ? null : (
            <>
              {' '}
              <a href={clause.link} target="_blank" rel="noreferrer" className="prose-link text-base">
                Read it
              </a>
            </>
          )}
        </p>
        {clause.details === undefined ? null : (
          <details className="text-sm text-ink-2">
            <summary className="w-fit rounded-sm hover:text-ink">{clause.details.title}</summary>
            <ul className="mt-1 grid gap-0.5">
              {clause.details.lines.map((line) => (
                <li key={line} className="code [overflow-wrap:anywhere]">
                  {line}
                </li>
              ))}
            </ul>
          </details>
        )}
        <BrokenBy broken={broken} />
        {notes}
      </div>
    </div>
  );
}
