'use client';

import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { plural } from '@/lib/format';
import type { CommentSubject } from '@/lib/services/comments/subject';
import { begin } from './actions';
import { Composer } from './composer';
import { Thread } from './thread';
import { useSay, useThreads } from './use-threads';

/**
 * The conversations about one clause, in place, and the way to begin one. `also` are clauses that are read inside this one.
 * With `corner` the button stands in the corner of the positioned element around it and takes no room. Inside an element of
 * class `group` it shows itself where the pointer is; it is always there for the keyboard and for touch. Shows nothing while
 * it loads: the contract is what is read.
 */
export function ClauseThreads({
  subject,
  clause,
  also = [],
  corner = false,
  startsWriting = false,
}: {
  subject: CommentSubject;
  clause: string;
  also?: readonly string[];
  corner?: boolean;
  /** Opens with the place to write, when that is what was asked for. */
  startsWriting?: boolean;
}) {
  const { data } = useThreads(subject);
  const say = useSay();
  const [writing, setWriting] = useState(startsWriting);
  const [asksForChange, setAsksForChange] = useState(false);
  const [showsResolved, setShowsResolved] = useState(false);
  if (data === undefined) return null;
  const threads = data.threads.filter((each) => each.clause === clause || also.includes(each.clause));
  const open = threads.filter((each) => each.resolved === null);
  const resolved = threads.filter((each) => each.resolved !== null);
  if (threads.length === 0 && !data.mayWrite) return null;
  const shown = showsResolved ? threads : open;
  const bare = corner && threads.length === 0 && !writing;
  return (
    <div className={`print:hidden ${bare ? 'contents' : 'grid max-w-[68ch] min-w-0 gap-2'}`}>
      {shown.map((thread) => (
        <Thread key={thread.id} thread={thread} people={data.people} mayWrite={data.mayWrite} />
      ))}
      {writing ? (
        <Composer
          label={`${asksForChange ? 'The change you ask for' : 'Your comment'} on ${clause}`}
          people={data.people}
          sendLabel={asksForChange ? 'Request change' : 'Comment'}
          onCancel={() => setWriting(false)}
          send={async (body) => {
            const kind = asksForChange ? 'change-request' : 'comment';
            const wrong = await say(() => begin({ subject, clause, kind, body }), true);
            if (wrong === null) {
              setWriting(false);
              setAsksForChange(false);
            }
            return wrong;
          }}
          extra={
            <label className="inline-flex min-h-7 items-center gap-1.5">
              <input
                type="checkbox"
                checked={asksForChange}
                onChange={(event) => setAsksForChange(event.target.checked)}
                className="size-4 accent-(--accent)"
              />
              Request a change
            </label>
          }
        />
      ) : (
        <div className={bare ? 'contents' : 'flex flex-wrap items-center gap-x-3 text-sm empty:hidden'}>
          {resolved.length === 0 ? null : (
            <Button
              variant="link"
              aria-expanded={showsResolved}
              onClick={() => setShowsResolved(!showsResolved)}
              className="text-xs! text-ink-2!"
            >
              {showsResolved ? 'Hide what is resolved' : plural(resolved.length, 'resolved comment')}
            </Button>
          )}
          {data.mayWrite ? (
            <button
              type="button"
              onClick={() => setWriting(true)}
              className={`w-fit rounded-sm text-xs text-ink-3 underline decoration-line-strong underline-offset-3 hover:text-ink focus-visible:opacity-100 ${
                threads.length === 0 ? '[@media(hover:hover)]:opacity-0 group-hover:opacity-100!' : ''
              } ${bare ? 'absolute top-2 right-0 rounded-md bg-ground px-1.5 py-1' : ''}`}
            >
              Comment<span className="sr-only"> on {clause}</span>
            </button>
          ) : null}
        </div>
      )}
    </div>
  );
}
