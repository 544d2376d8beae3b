'use client';

import Link from 'next/link';
import { useState } from 'react';
import { markRead } from '@/components/shell/actions';
import { Button } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { RelativeTime } from '@/components/ui/relative-time';
import { Sheet, SheetFoot } from '@/components/ui/sheet';
import { formatCount } from '@/lib/format';
import type { NotificationDto } from '@/lib/services/notifications/list';

/** What was put before this person, newest first; what they have not read is marked. */
export function Inbox({
  notifications,
  unread,
  most,
}: {
  notifications: readonly NotificationDto[];
  unread: number;
  /** Older ones are not shown. */
  most: number;
}) {
  const [pending, setPending] = useState(false);
  if (notifications.length === 0)
    return (
      <Sheet title="News">
        <EmptyState title="No news">
          When an incident pages you, somebody asks for your signature, names you in a comment or answers you,
          it stands here.
        </EmptyState>
      </Sheet>
    );
  return (
    <Sheet
      title="News"
      label={unread === 0 ? 'All read' : `${formatCount(unread)} unread`}
      actions={
        unread === 0 ? undefined : (
          <Button
            size="small"
            pending={pending}
            onClick={async () => {
              setPending(true);
              await markRead('all');
              setPending(false);
            }}
          >
            Mark all as read
          </Button>
        )
      }
    >
      <ul>
        {notifications.map((each) => (
          <li
            key={each.id}
            className="relative flex min-h-11 items-baseline gap-3 border-b border-line px-3.5 py-2.5 last:border-b-0 focus-within:bg-sunk hover:bg-sunk"
          >
            <span
              aria-hidden="true"
              className={`mt-1.5 size-2 flex-none self-start rounded-full ${each.readAt === null ? 'bg-accent' : 'bg-transparent'}`}
            />
            <Link
              prefetch={false}
              href={each.path}
              onClick={() => {
                if (each.readAt === null) void markRead([each.id]);
              }}
              className={`row-link min-w-0 flex-1 [overflow-wrap:anywhere] ${each.readAt === null ? 'font-medium' : 'text-ink-2'}`}
            >
              {each.readAt === null ? <span className="sr-only">Unread: </span> : null}
              {each.title}
            </Link>
            <span className="relative flex-none text-sm text-ink-2">
              <RelativeTime at={each.createdAt} />
            </span>
          </li>
        ))}
      </ul>
      {notifications.length < most ? null : <SheetFoot>The latest {most}.</SheetFoot>}
    </Sheet>
  );
}
