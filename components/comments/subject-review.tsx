'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useState } from 'react';
import { fetchJson } from '@/components/shell/fetch-json';
import { Button } from '@/components/ui/button';
import { RelativeTime } from '@/components/ui/relative-time';
import { Sheet, SheetBody } from '@/components/ui/sheet';
import { Skeleton } from '@/components/ui/skeleton';
import { plural } from '@/lib/format';
import type { ActivityDto } from '@/lib/services/comments/list-activity';
import type { ThreadDto } from '@/lib/services/comments/list-threads';
import type { CommentSubject } from '@/lib/services/comments/subject';
import type { Reader } from '@/lib/services/readings/list-readings';
import { Thread } from './thread';
import { useThreads } from './use-threads';

interface Props {
  subject: CommentSubject;
  /** The address of the page the clauses are read on; empty: this one. */
  page?: string;
}

/** Everything people said about a draft or version, who has read it and what happened to it. */
export function SubjectReview(props: Props) {
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-5">
      <AllThreads {...props} />
      <Readers subject={props.subject} />
      <Activity {...props} />
    </div>
  );
}

/** All conversations by clause, the open ones; requested changes first. */
export function AllThreads({ subject, page = '' }: Props) {
  const { data, isError, refetch } = useThreads(subject);
  const [resolvedToo, setResolvedToo] = useState(false);
  if (isError) return <Failed what="The comments" retry={() => void refetch()} />;
  if (data === undefined) return <Loading title="Comments" />;
  const open = data.threads.filter((thread) => thread.resolved === null);
  const resolved = data.threads.length - open.length;
  const shown = resolvedToo ? data.threads : open;
  const first = (thread: ThreadDto) =>
    thread.resolved !== null ? 2 : thread.kind === 'change-request' ? 0 : 1;
  return (
    <Sheet
      title="Comments"
      label={
        data.openRequests === 0 ? `${open.length} open` : `${plural(data.openRequests, 'change')} requested`
      }
      actions={
        resolved === 0 ? undefined : (
          <Button size="small" aria-pressed={resolvedToo} onClick={() => setResolvedToo(!resolvedToo)}>
            {resolvedToo ? 'Hide resolved' : `Show ${resolved} resolved`}
          </Button>
        )
      }
    >
      <SheetBody className="grid gap-4">
        {shown.length === 0 ? (
          <p className="text-ink-2">
            {resolved === 0
              ? data.mayWrite
                ? 'Nobody has said anything. Each clause has its own Comment.'
                : 'Nobody has said anything.'
              : 'Everything that was said is resolved.'}
          </p>
        ) : (
          shown
            .toSorted((a, b) => first(a) - first(b))
            .map((thread) => (
              <section key={thread.id} aria-label={thread.clause} className="grid min-w-0 gap-1">
                <ClauseLink clause={thread.clause} page={page} />
                <Thread thread={thread} people={data.people} mayWrite={data.mayWrite} />
              </section>
            ))
        )}
      </SheetBody>
    </Sheet>
  );
}

interface Review {
  readers: Reader[];
  activity: ActivityDto[];
}

function useReview(subject: CommentSubject) {
  return useQuery({
    queryKey: ['comment', 'review', subject.kind, subject.id],
    queryFn: ({ signal }) =>
      fetchJson<Review>(
        `/api/comments/review?kind=${subject.kind}&id=${encodeURIComponent(subject.id)}`,
        signal,
      ),
  });
}

/** Who has had it before them, and which of the people it names have not. */
export function Readers({ subject }: { subject: CommentSubject }) {
  const { data, isError, refetch } = useReview(subject);
  if (isError) return <Failed what="Who has read it" retry={() => void refetch()} />;
  if (data === undefined) return <Loading title="Who has read it" />;
  const read = data.readers.filter((reader) => reader.readAt !== null && !reader.outdated);
  return (
    <Sheet title="Who has read it" label={`${read.length} of ${data.readers.length}`}>
      {data.readers.length === 0 ? (
        <SheetBody>
          <p className="text-ink-2">Nobody yet, and it names nobody who should.</p>
        </SheetBody>
      ) : (
        <ul className="text-sm">
          {data.readers.map((reader) => (
            <li
              key={`${reader.name} ${reader.parts.join()}`}
              className="flex min-h-9 items-center justify-between gap-4 border-b border-line px-3.5 py-2 last:border-b-0"
            >
              <span className="min-w-0 [overflow-wrap:anywhere]">
                {reader.name}
                {reader.parts.length === 0 ? null : (
                  <span className="text-ink-2">, {reader.parts.join(', ')}</span>
                )}
              </span>
              <span className="flex-none text-right text-ink-2">
                {reader.readAt === null ? (
                  <span className="text-medium">not yet</span>
                ) : reader.outdated ? (
                  <span className="text-medium">not since it changed</span>
                ) : (
                  <RelativeTime at={reader.readAt} />
                )}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Sheet>
  );
}

const SHORT = 8;

/** What happened to it, the newest first. */
export function Activity({ subject, page = '' }: Props) {
  const { data, isError, refetch } = useReview(subject);
  const [all, setAll] = useState(false);
  if (isError) return <Failed what="What happened" retry={() => void refetch()} />;
  if (data === undefined) return <Loading title="What happened" />;
  const shown = all ? data.activity : data.activity.slice(0, SHORT);
  return (
    <Sheet title="What happened">
      {shown.length === 0 ? (
        <SheetBody>
          <p className="text-ink-2">Nothing yet.</p>
        </SheetBody>
      ) : (
        <ol className="text-sm">
          {shown.map((each) => (
            <li
              key={each.id}
              className="flex min-h-9 items-baseline justify-between gap-4 border-b border-line px-3.5 py-2 last:border-b-0"
            >
              <span className="min-w-0 [overflow-wrap:anywhere]">
                <span className="font-medium">{each.by}</span> {each.what}{' '}
                {each.clauses.map((clause, index) => (
                  <span key={clause}>
                    {index === 0 ? '' : ', '}
                    <ClauseLink clause={clause} page={page} />
                  </span>
                ))}
              </span>
              <span className="flex-none text-ink-2">
                <RelativeTime at={each.at} />
              </span>
            </li>
          ))}
        </ol>
      )}
      {data.activity.length > SHORT && !all ? (
        <SheetBody>
          <Button variant="link" onClick={() => setAll(true)}>
            Show {data.activity.length - SHORT} more
          </Button>
        </SheetBody>
      ) : null}
    </Sheet>
  );
}

function ClauseLink({ clause, page }: { clause: string; page: string }) {
  const look = 'code text-ink-2 [overflow-wrap:anywhere] hover:underline';
  const anchor = `#${encodeURI(clause)}`;
  return page === '' ? (
    <a href={anchor} className={look}>
      {clause}
    </a>
  ) : (
    <Link href={`${page}${anchor}`} className={look}>
      {clause}
    </Link>
  );
}

function Loading({ title }: { title: string }) {
  return (
    <Sheet title={title}>
      <SheetBody>
        <Skeleton className="h-16 w-full" />
      </SheetBody>
    </Sheet>
  );
}

function Failed({ what, retry }: { what: string; retry: () => void }) {
  return (
    <Sheet title={what}>
      <SheetBody>
        <p role="alert">It could not be read.</p>
        <Button size="small" onClick={retry} className="mt-2">
          Try again
        </Button>
      </SheetBody>
    </Sheet>
  );
}
