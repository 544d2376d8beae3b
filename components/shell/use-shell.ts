'use client';

import { useQuery } from '@tanstack/react-query';
import { usePathname, useRouter, useSearchParams } from 'next/navigation';
import { useEffect, useRef } from 'react';
import { toast } from '@/components/ui/toast';
import type { Shell } from '@/lib/services/workspaces/get-shell';
import { markRead } from './actions';
import { fetchJson } from './fetch-json';

/** The rail's counts and this person's unread notifications, kept live; a new one also appears as a toast. */
export function useShell(initial: Shell): Shell {
  const router = useRouter();
  const path = usePathname();
  const thread = useSearchParams().get('thread');
  const { data } = useQuery({
    queryKey: ['shell'],
    queryFn: () => fetchJson<Shell>('/api/shell'),
    initialData: initial,
  });
  const seen = useRef(new Set(initial.unread.map((each) => each.id)));
  useEffect(() => {
    for (const each of data.unread.toReversed()) {
      if (seen.current.has(each.id)) continue;
      seen.current.add(each.id);
      toast(each.title, {
        id: each.id,
        duration: 30_000,
        closeButton: true,
        action: {
          label: each.incidentNumber === null ? 'Open' : `Open INC-${each.incidentNumber}`,
          onClick: () => router.push(each.path),
        },
      });
    }
  }, [data.unread, router]);
  // Who looks at the incident, or opened the conversation, has read that it waits.
  useEffect(() => {
    const shown = data.unread.filter((each) => {
      const there = new URL(each.path, window.location.origin);
      return there.pathname === path && there.searchParams.get('thread') === thread;
    });
    if (shown.length > 0) void markRead(shown.map((each) => each.id));
  }, [data.unread, path, thread]);
  return data;
}
