'use client';

import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { RelativeTime } from '@/components/ui/relative-time';
import { Tag } from '@/components/ui/tag';
import { plural } from '@/lib/format';
import type { CommentDto, ThreadDto, ThreadList } from '@/lib/services/comments/list-threads';
import { edit, reply, settle } from './actions';
import { CommentText } from './comment-text';
import { Composer } from './composer';
import { useSay } from './use-threads';

/** Longer conversations show their beginning and their end; the middle opens on a click. */
const SHOWN = 4;

/** One conversation: what was said, and whether it is settled. */
export function Thread({
  thread,
  people,
  mayWrite,
}: {
  thread: ThreadDto;
  people: ThreadList['people'];
  mayWrite: boolean;
}) {
  const say = useSay();
  const [answering, setAnswering] = useState(false);
  const [whole, setWhole] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const [pending, setPending] = useState(false);
  const { comments, resolved } = thread;
  const hidden = whole || comments.length <= SHOWN ? 0 : comments.length - (SHOWN - 1);
  const asksForChange = thread.kind === 'change-request';

  async function turn(to: boolean) {
    setPending(true);
    setFault(await say(() => settle(thread.id, to), true));
    setPending(false);
  }

  return (
    <article
      id={`thread-${thread.id}`}
      aria-label={`${asksForChange ? 'Requested change' : 'Comment'} on ${thread.clause}`}
      className={`grid min-w-0 gap-2 rounded-md border bg-sheet px-3 py-2.5 text-sm ${
        resolved === null && asksForChange ? 'border-high/40' : 'border-line'
      }`}
    >
      {asksForChange || thread.since !== null || resolved !== null ? (
        <p className="flex flex-wrap items-center gap-2 text-xs text-ink-2">
          {asksForChange ? <Tag tone={resolved === null ? 'high' : 'plain'}>change requested</Tag> : null}
          {thread.since === null ? null : <span>open since version no. {thread.since}</span>}
          {resolved === null ? null : (
            <span>
              resolved by {resolved.by.name}, <RelativeTime at={resolved.at} />
            </span>
          )}
        </p>
      ) : null}
      {comments.map((comment, index) => {
        if (hidden > 0 && index >= 1 && index <= hidden)
          return index === 1 ? (
            <Button key={comment.id} variant="link" onClick={() => setWhole(true)} className="w-fit">
              Show {plural(hidden, 'more answer')}
            </Button>
          ) : null;
        return <CommentRow key={comment.id} comment={comment} people={people} mayWrite={mayWrite} />;
      })}
      {fault === null ? null : (
        <p role="alert" className="text-critical">
          {fault}
        </p>
      )}
      {answering ? (
        <Composer
          label={`Answer on ${thread.clause}`}
          people={people}
          sendLabel="Answer"
          onCancel={() => setAnswering(false)}
          send={async (body) => {
            const wrong = await say(() => reply(thread.id, body), true);
            if (wrong === null) setAnswering(false);
            return wrong;
          }}
        />
      ) : mayWrite ? (
        <div className="flex flex-wrap gap-2">
          <Button size="small" onClick={() => setAnswering(true)}>
            Answer
          </Button>
          {thread.maySettle ? (
            <Button size="small" pending={pending} onClick={() => void turn(resolved === null)}>
              {resolved === null ? 'Resolve' : 'Open again'}
            </Button>
          ) : null}
        </div>
      ) : null}
    </article>
  );
}

function CommentRow({
  comment,
  people,
  mayWrite,
}: {
  comment: CommentDto;
  people: ThreadList['people'];
  mayWrite: boolean;
}) {
  const say = useSay();
  const [editing, setEditing] = useState(false);
  return (
    <div className="grid min-w-0 gap-0.5">
      <p className="flex flex-wrap items-baseline gap-x-2 text-xs text-ink-2">
        <span className="text-sm font-medium text-ink">{comment.by.name}</span>
        {comment.by.gone ? <span>has left</span> : null}
        <RelativeTime at={comment.createdAt} />
        {comment.editedAt === null ? null : <span>edited</span>}
        {comment.mine && mayWrite && !editing ? (
          <Button variant="link" onClick={() => setEditing(true)} className="text-xs!">
            Edit
          </Button>
        ) : null}
      </p>
      {editing ? (
        <Composer
          label="Your comment"
          people={people}
          initial={comment.body}
          sendLabel="Save"
          onCancel={() => setEditing(false)}
          send={async (body) => {
            const wrong = await say(() => edit(comment.id, body), true);
            if (wrong === null) setEditing(false);
            return wrong;
          }}
        />
      ) : (
        <CommentText body={comment.body} mentions={comment.mentions} />
      )}
    </div>
  );
}
