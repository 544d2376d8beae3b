'use client';

import { QueryClient, QueryClientProvider, useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useEffect, useState, useSyncExternalStore } from 'react';
import { z } from 'zod';
import { LiveFeed, type LiveState } from './live-feed';

const changesSchema = z.record(z.string(), z.array(z.string()));

const FeedContext = createContext<LiveFeed | null>(null);

/**
 * Holds the query client and the one event stream of this tab. A change of topic `run` invalidates every query
 * whose key starts with `'run'`; so `useQuery({ queryKey: ['run', …] })` is live by its name alone.
 */
export function LiveProvider({ children }: { children: ReactNode }) {
  const [client] = useState(
    () =>
      new QueryClient({ defaultOptions: { queries: { staleTime: 30_000, refetchOnWindowFocus: false } } }),
  );
  return (
    <QueryClientProvider client={client}>
      <Feed>{children}</Feed>
    </QueryClientProvider>
  );
}

function Feed({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const [feed] = useState(
    () =>
      new LiveFeed(
        (text) => {
          const parsed = changesSchema.safeParse(JSON.parse(text));
          return parsed.success ? parsed.data : {};
        },
        (topics) => {
          if (topics === 'all') void client.invalidateQueries();
          else {
            for (const topic of topics) void client.invalidateQueries({ queryKey: [topic] });
            if (topics.some((topic) => SHELL_TOPICS.has(topic)))
              void client.invalidateQueries({ queryKey: ['shell'] });
          }
        },
      ),
  );
  useEffect(() => feed.start(), [feed]);
  return <FeedContext value={feed}>{children}</FeedContext>;
}

const SHELL_TOPICS = new Set([
  'agent',
  'incident',
  'notification',
  'gate',
  'evidence',
  'drill',
  'comment',
  'draft',
  'verdict',
  'kill-switch',
]);

/**
 * Says whether news are coming in, and calls `onChange` (if given) with each topic and the ids that changed
 * (`[]`: several, look again; the topic ANYTHING: some may have been missed). Queries keyed by topic need no call of it: they refetch by themselves.
 */
export function useLive(onChange?: (topic: string, ids: readonly string[]) => void): LiveState {
  const feed = useContext(FeedContext);
  if (feed === null) throw new Error('useLive() needs <LiveProvider> above it.');
  useEffect(() => (onChange === undefined ? undefined : feed.onChange(onChange)), [feed, onChange]);
  return useSyncExternalStore(
    feed.onState,
    () => feed.state,
    () => 'connecting',
  );
}
