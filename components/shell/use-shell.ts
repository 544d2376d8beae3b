'use client';

import { useQuery } from '@tanstack/react-query';
import { usePathname, useRouter } from 'next/navigation';
import { useEffect, useRef } from 'react';
import { toast } from '@/components/ui/toast';
import type { Shell } from '@/lib/services/workspaces/get-shell';
import { markRead } from './actions';
import { fetchJson } from './fetch-json';

/** The rail's counts and this person's unread notifications, kept live; a new one also appears as a toast. */
export function useShell(initial: Shell): Shell {
  const router = useRouter();
  const path = usePathname();
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
      const number = each.incidentNumber;
      toast(each.title, {
        id: each.id,
        duration: 30_000,
        closeButton: true,
        ...(number === null
          ? {}
          : {
              action: {
                label: `Open INC-${number}`,
                onClick: () => router.push(`/incidents/${number}`),
              },
            }),
      });
    }
  }, [data.unread, router]);
  // Who looks at the incident has read that it waits.
  useEffect(() => {
    const shown = data.unread.filter((each) => path === `/incidents/${each.incidentNumber}`);
    if (shown.length > 0) void markRead(shown.map((each) => each.id));
  }, [data.unread, path]);
  return data;
}
