import { listen } from '@/lib/db/listen';
import type { Topic } from '@/lib/db/notify';

const MAX_WORKSPACES = 1000;

/**
 * Remembers what `read` answers for a workspace: for `ttlMs` milliseconds at most, and never longer than until somebody
 * says that the topic changed, or the listening connection was lost.
 */
export function remembered<T>(
  topic: Topic,
  ttlMs: number,
  read: (workspaceId: string) => Promise<T>,
): (workspaceId: string) => Promise<T> {
  const known = new Map<string, { value: T; at: number }>();
  let generation = 0;
  let watching = false;
  const forget = () => {
    generation += 1;
    known.clear();
  };
  return async (workspaceId) => {
    if (!watching) {
      watching = true;
      listen({
        change: (change) => {
          if (change.topic === topic) forget();
        },
        lost: forget,
        reset: forget,
      });
    }
    const before = known.get(workspaceId);
    if (before !== undefined && Date.now() - before.at < ttlMs) return before.value;
    const began = generation;
    const at = Date.now();
    const value = await read(workspaceId);
    if (began === generation) {
      if (known.size >= MAX_WORKSPACES) known.clear();
      known.set(workspaceId, { value, at });
    }
    return value;
  };
}
