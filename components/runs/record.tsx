'use client';

import { Fragment, type ReactNode } from 'react';
import { ClockTime } from '@/components/ui/relative-time';
import { formatDuration, formatList } from '@/lib/format';
import type { RunBreach } from '@/lib/services/runs/get-run';
import type { RecordEntry } from '@/lib/services/runs/list-record';
import { ClauseLink, type ClauseSource } from './links';

interface Line {
  key: string;
  at: string;
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
        text: sentence(entry, of),
      }),
    ),
  ].sort((left, right) => Date.parse(left.at) - Date.parse(right.at));
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
              <div className="min-w-0 [overflow-wrap:anywhere]">{line.text}</div>
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

function sentence(entry: RecordEntry, of: ClauseSource): ReactNode {
  const name = <strong className="font-semibold">{entry.actorName}</strong>;
  const text = (key: string) => {
    const value = entry.detail[key];
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  };
  const because = text('reason') === '' ? '.' : <span className="text-ink-2">: “{text('reason')}”</span>;
  const clause = text('clause') === '' ? null : <ClauseLink clause={text('clause')} of={of} />;
  const told = entry.detail.notified;
  const people = Array.isArray(told) ? told.filter((each): each is string => typeof each === 'string') : [];
  switch (entry.action) {
    case 'incident.opened':
    case 'incident.reopened':
      return (
        <>
          INC-{text('number')} {entry.action === 'incident.opened' ? 'opened' : 'opened again'}
          {clause === null ? null : <>, by clause {clause}</>}.{' '}
          {people.length === 0 ? (
            'Nobody could be notified here.'
          ) : (
            <>
              <strong className="font-semibold">{formatList(people)}</strong> notified.
            </>
          )}
        </>
      );
    case 'incident.paged':
      return 'Page delivered by webhook.';
    case 'incident.acknowledged':
      return <>{name} acknowledged.</>;
    case 'incident.resolved':
      return (
        <>
          {name} resolved the incident by {text('resolution') === 'stopped' ? 'stopping' : 'resuming'} the run
          {because}
        </>
      );
    case 'run.paused':
      return entry.actor === 'person' ? (
        <>
          {name} paused the run{because}
        </>
      ) : (
        <>Run paused{clause === null ? null : <>, by clause {clause}</>}.</>
      );
    case 'run.warned':
      return (
        <>
          {people.length === 0 ? (
            'Nobody could be warned here'
          ) : (
            <>
              <strong className="font-semibold">{formatList(people)}</strong> warned
            </>
          )}
          {clause === null ? null : <>, by clause {clause}</>}.
        </>
      );
    case 'incident.rolled-back':
      return (
        <>
          {entry.actor === 'system' ? null : <>{name} rolled back: </>}
          {entry.actor === 'system' ? 'Version' : 'version'} {text('toName')} put back in force in place of
          version {text('fromName')}
          {because}
        </>
      );
    case 'incident.nothing-to-roll-back-to':
      return <>No earlier version is known to be good: version {text('fromName')} stays in force.</>;
    case 'run.pause-acknowledged':
      return <>The agent read that it is paused ({entry.actorName}).</>;
    case 'run.resumed':
      return (
        <>
          {name} resumed the run{because}
        </>
      );
    case 'run.stop-requested':
      return (
        <>
          {name} asked the run to stop{because}
        </>
      );
    case 'run.stop-acknowledged':
      return <>The agent read that it shall stop ({entry.actorName}).</>;
    case 'run.stopped':
      return <>The run has stopped. {text('how')}</>;
    default:
      return (
        <>
          {entry.actor === 'system' ? null : <>{name}: </>}
          <span className="code">{entry.action}</span>
          {because}
        </>
      );
  }
}
