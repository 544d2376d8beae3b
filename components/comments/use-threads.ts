'use client';

import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { fetchJson } from '@/components/shell/fetch-json';
import { toast } from '@/components/ui/toast';
import type { ActionState } from '@/lib/auth/action-state';
import type { ThreadList } from '@/lib/services/comments/list-threads';
import type { CommentSubject } from '@/lib/services/comments/subject';

/** All conversations about a draft or version, fetched once for the page however many clauses ask, and live. */
export function useThreads(subject: CommentSubject) {
  return useQuery({
    queryKey: ['comment', subject.kind, subject.id],
    queryFn: ({ signal }) =>
      fetchJson<ThreadList>(
        `/api/comments?kind=${subject.kind}&id=${encodeURIComponent(subject.id)}`,
        signal,
      ),
  });
}

/** Open conversations by clause, and how many of them ask for a change; clauses without any are not in it. */
export function useThreadCounts(
  subject: CommentSubject,
): ReadonlyMap<string, { open: number; requests: number }> {
  const { data } = useThreads(subject);
  return useMemo(() => {
    const counts = new Map<string, { open: number; requests: number }>();
    for (const { clause, kind, resolved } of data?.threads ?? []) {
      if (resolved !== null) continue;
      const count = counts.get(clause) ?? { open: 0, requests: 0 };
      count.open += 1;
      if (kind === 'change-request') count.requests += 1;
      counts.set(clause, count);
    }
    return counts;
  }, [data]);
}

/** Runs an action of a conversation; afterwards the conversations are looked at again. Answers what went wrong, or null. */
export function useSay(): (work: () => Promise<ActionState>, quiet?: boolean) => Promise<string | null> {
  const client = useQueryClient();
  return async (work, quiet = false) => {
    const state = await work().catch((): ActionState => null);
    if (state === null) return 'The server could not be reached. Try again; what you wrote is still here.';
    if (!state.ok) return state.message;
    await client.invalidateQueries({ queryKey: ['comment'] });
    if (!quiet) toast(state.message);
    return null;
  };
}
