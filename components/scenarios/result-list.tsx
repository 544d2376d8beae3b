'use client';

import Link from 'next/link';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { LaneTag } from '@/components/ui/lane-tag';
import type { ScenarioResult } from '@/lib/contract/scenarios';
import { formatCount, formatList } from '@/lib/format';

/** So many rows at once; a suite may have thousands. */
const AT_ONCE = 100;

/** Results scenario by scenario, each with what was expected, what was answered, and why. */
export function ResultList({
  results,
  clauseHref,
}: {
  results: readonly ScenarioResult[];
  /** Where a clause stands; null: nowhere yet. */
  clauseHref: ((clause: string) => string) | null;
}) {
  const [shown, setShown] = useState(AT_ONCE);
  return (
    <>
      <ul>
        {results.slice(0, shown).map((result, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two scenarios may have one name, and their order is who they are
          <li key={index} className="border-b border-line last:border-b-0">
            <Result result={result} clauseHref={clauseHref} />
          </li>
        ))}
      </ul>
      {results.length <= shown ? null : (
        <div className="border-t border-line px-3.5 py-2.5">
          <Button size="small" onClick={() => setShown(results.length)}>
            Show {formatCount(results.length - shown)} more
          </Button>
        </div>
      )}
    </>
  );
}

function Result({
  result,
  clauseHref,
}: {
  result: ScenarioResult;
  clauseHref: ((clause: string) => string) | null;
}) {
  const { name, passed, expected, answer, differences } = result;
  return (
    <details open={!passed} className="group text-sm">
      <summary className="flex cursor-pointer items-baseline gap-2.5 px-3.5 py-2 hover:bg-sunk">
        <span aria-hidden="true" className={passed ? 'text-low' : 'text-critical'}>
          {passed ? '✓' : '✗'}
        </span>
        <span className="sr-only">{passed ? 'Passed:' : 'Failed:'}</span>
        <span className="min-w-0 flex-1 [overflow-wrap:anywhere]">{name}</span>
        <LaneTag lane={answer.lane} />
      </summary>
      <dl className="grid grid-cols-[72px_minmax(0,1fr)] gap-x-3 gap-y-1 px-3.5 pt-1 pb-3 sm:pl-9">
        {differences.length === 0 ? null : (
          <>
            <dt className="text-ink-2">Differs</dt>
            <dd className="text-critical [overflow-wrap:anywhere]">{differences.join(' ')}</dd>
          </>
        )}
        <dt className="text-ink-2">Expected</dt>
        <dd className="flex flex-wrap items-baseline gap-x-2">
          <LaneTag lane={expected.lane} />
          {expected.clause === undefined ? null : (
            <span className="code [overflow-wrap:anywhere]">{expected.clause.join(', ')}</span>
          )}
          {expected.by === undefined ? null : <span className="text-ink-2">asks {expected.by}</span>}
        </dd>
        <dt className="text-ink-2">Answer</dt>
        <dd className="flex flex-wrap items-baseline gap-x-2">
          <LaneTag lane={answer.lane} />
          {answer.clauses.map((clause) =>
            clauseHref === null || clause === 'run/status' ? (
              <span key={clause} className="code [overflow-wrap:anywhere]">
                {clause}
              </span>
            ) : (
              <Link
                key={clause}
                href={clauseHref(clause)}
                className="prose-link code inline-block py-[3px] [overflow-wrap:anywhere]"
              >
                {clause}
              </Link>
            ),
          )}
          {answer.by.length === 0 ? null : <span className="text-ink-2">asks {formatList(answer.by)}</span>}
        </dd>
        <dt className="text-ink-2">Why</dt>
        <dd className="[overflow-wrap:anywhere]">
          {answer.why.length === 0 ? 'No clause objects.' : answer.why.join(' ')}
        </dd>
      </dl>
    </details>
  );
}
