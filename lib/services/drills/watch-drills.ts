import { listen } from '@/lib/db/listen';

/** Calls `wake` when a drill began or ended anywhere, so that timers are set by what is due next. */
export function watchDrills(wake: () => void): () => void {
  return listen({
    change: ({ topic }) => {
      if (topic === 'drill') wake();
    },
    reset: wake,
  });
}
