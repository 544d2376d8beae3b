import { listen } from '@/lib/db/listen';

/** Calls `wake` when deliveries were enqueued, or may have been while the connection was away, until it is unwatched. */
export function watchOutbox(wake: () => void): () => void {
  return listen({
    // Rows written by causes have no id; the results of deliveries have, and are no news to who delivers.
    change: ({ topic, id }) => {
      if (topic === 'outbox' && id === '') wake();
    },
    reset: wake,
  });
}
