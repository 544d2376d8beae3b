'use client';

import { Fragment, type ReactNode } from 'react';
import { ClockTime } from '@/components/ui/relative-time';
import { formatDuration } from '@/lib/format';
import { wordsOf } from '@/lib/response/timeline-words';
import type { RunBreach } from '@/lib/services/runs/get-run';
import type { RecordEntry } from '@/lib/services/runs/list-record';
import { ClauseLink, type ClauseSource } from './links';
import { Words } from './words';

export interface Line {
  key: string;
  at: string;
  /** What it rests on: shown small at its end. */
  source?: string;
  who: 'person' | 'agent' | 'machine';
  text: ReactNode;
}

/** A pause as long as this between two lines is told. */
const GAP_MS = 60_000;

/** What happened, to the millisecond: what the run broke and what the audit log holds of it, people and machine told apart. */
export function Record({
  entries,
  breaches,
  of,
}: {
  entries: readonly RecordEntry[];
  breaches: readonly RunBreach[];
  of: ClauseSource;
}) {
  const lines = [
    ...breaches.map(
      (breach): Line => ({
        key: breach.id,
        at: breach.happenedAt,
        who: 'agent',
        text: (
          <>
            {breach.message}, against clause <ClauseLink clause={breach.clause} of={of} />.
          </>
        ),
      }),
    ),
    ...entries.map(
      (entry): Line => ({
        key: String(entry.id),
        at: entry.at,
        who: entry.actor === 'person' ? 'person' : entry.actor === 'key' ? 'agent' : 'machine',
        text: <Words words={wordsOf(entry)} of={of} />,
      }),
    ),
  ].sort((left, right) => Date.parse(left.at) - Date.parse(right.at));
  return <RecordLines lines={lines} />;
}

/** Lines in the order given, with the time of each to the millisecond and what lies long between two told. */
export function RecordLines({ lines }: { lines: readonly Line[] }) {
  if (lines.length === 0) return <p className="px-3.5 py-3 text-sm text-ink-2">Nothing so far.</p>;
  return (
    <ol className="grid gap-2 px-3.5 py-3 text-sm">
      {lines.map((line, index) => {
        const before = lines[index - 1];
        const gap = before === undefined ? 0 : Date.parse(line.at) - Date.parse(before.at);
        return (
          <Fragment key={line.key}>
            {gap < GAP_MS ? null : (
              <li className="grid grid-cols-[92px_16px_minmax(0,1fr)] gap-x-1 text-ink-3">
                <span />
                <span
                  className="mx-auto h-full border-l border-dashed border-line-strong"
                  aria-hidden="true"
                />
                <span className="text-xs">{formatDuration(gap)} later</span>
              </li>
            )}
            <li className="grid grid-cols-[92px_16px_minmax(0,1fr)] gap-x-1">
              <span className="text-ink-3">
                <ClockTime at={line.at} />
              </span>
              <Who who={line.who} />
              <div className="min-w-0 [overflow-wrap:anywhere]">
                {line.text}
                {line.source === undefined ? null : (
                  <span className="ml-1.5 text-xs whitespace-nowrap text-ink-3">{line.source}</span>
                )}
              </div>
            </li>
          </Fragment>
        );
      })}
    </ol>
  );
}

function Who({ who }: { who: Line['who'] }) {
  const word = { person: 'Person:', agent: 'Agent:', machine: 'Countersign:' }[who];
  return (
    <span className="mt-[3px] flex justify-center" title={word.slice(0, -1)}>
      <span className="sr-only">{word}</span>
      <svg
        viewBox="0 0 12 12"
        className="size-3 text-ink-3"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.3"
        aria-hidden="true"
      >
        {who === 'person' ? (
          <g className="text-accent" stroke="currentColor">
            <circle cx="6" cy="3.6" r="2.1" />
            <path d="M1.8 11c.4-2.6 2-3.9 4.2-3.9s3.8 1.3 4.2 3.9" />
          </g>
        ) : who === 'agent' ? (
          <path d="M6 1.2l4.2 2.4v4.8L6 10.8 1.8 8.4V3.6z" />
        ) : (
          <circle cx="6" cy="6" r="1.6" fill="currentColor" />
        )}
      </svg>
    </span>
  );
}
