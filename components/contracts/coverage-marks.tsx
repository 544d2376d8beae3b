'use client';

import { useQuery } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useMemo, useState } from 'react';
import { fetchJson } from '@/components/shell/fetch-json';
import { plural } from '@/lib/format';
import type { ContractCoverage } from '@/lib/services/coverage/get-coverage';

interface Marks {
  idle: ReadonlySet<string>;
  days: number;
}

const MarksContext = createContext<Marks | null>(null);

/** What a version's clauses did lately; looked up once the document stands, so that reading need not wait for it. */
function useCoverage(versionId: string) {
  return useQuery({
    queryKey: ['coverage', versionId],
    queryFn: ({ signal }) => fetchJson<ContractCoverage>(`/api/coverage?version=${versionId}`, signal),
    staleTime: 60_000,
  });
}

/**
 * The document with, beside each clause that no recorded run has exercised lately, a quiet mark; and a way to see those
 * clauses alone. An agent that has not run at all gets no marks: they would stand everywhere and say nothing.
 */
export function CoverageMarks({
  versionId,
  coverageHref,
  children,
}: {
  versionId: string;
  coverageHref: string;
  children: ReactNode;
}) {
  const { data } = useCoverage(versionId);
  const [alone, setAlone] = useState(false);
  const marks = useMemo(
    () => (data === undefined || data.runs === 0 ? null : { idle: new Set(data.idle), days: data.days }),
    [data],
  );
  return (
    <MarksContext value={marks}>
      {data === undefined || marks === null ? null : (
        <p className="mb-3 flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-ink-2 print:hidden">
          <label className="inline-flex items-center gap-1.5">
            <input
              type="checkbox"
              checked={alone}
              onChange={(event) => setAlone(event.target.checked)}
              className="size-4 accent-(--accent)"
            />
            Only the {plural(data.idle.length, 'clause')} that no run exercised in {data.days} days
          </label>
          {data.ungoverned.length === 0 ? null : (
            <a href={coverageHref} className="prose-link">
              {plural(data.ungoverned.length, 'thing')} it did that no clause speaks of
            </a>
          )}
        </p>
      )}
      <div
        data-only-idle={alone ? '' : undefined}
        className="[&[data-only-idle]_[data-clause]:not(:has([data-idle]))]:hidden"
      >
        {children}
      </div>
    </MarksContext>
  );
}

/** What did not happen: limits are reached, forbidden acts are tried, tools and rules come up in a run. */
function wordFor(clause: string): string {
  if (clause.startsWith('scope/forbidden/')) return 'not tried';
  return /^(risk\/thresholds|failure)\//.test(clause) ? 'not reached' : 'no run';
}

/** Says of a clause that no recorded run has exercised it lately. */
export function IdleMark({ clause }: { clause: string }) {
  const marks = useContext(MarksContext);
  if (marks === null || !marks.idle.has(clause)) return null;
  return (
    <span
      data-idle=""
      title={`No run of the last ${marks.days} days did anything this clause speaks of.`}
      className="inline-flex w-fit items-center gap-1.5 text-xs text-ink-3 print:hidden"
    >
      <span aria-hidden="true" className="size-1.5 rounded-full border border-current" />
      {wordFor(clause)} in {marks.days} days
    </span>
  );
}
