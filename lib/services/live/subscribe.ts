import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { listen } from '@/lib/db/listen';
import type { Topic } from '@/lib/db/notify';

/** A burst of changes (a batch of spans touches many runs) leaves as one message. */
const GATHER_MS = 200;
const MOST_IDS = 50;

/** Topics that changed in the actor's workspace, with the ids where they are few; `[]` means "look again". */
export type Changes = Partial<Record<Topic, string[]>>;

/**
 * Tells `send` of every committed change in the actor's workspace, gathered over 200 ms, until the returned
 * function is called; `{}` when changes may have been missed. `lost` is called when the database went away and nothing
 * is heard for now. Throws `forbidden` for those who may not read runs.
 */
export function subscribe(
  actor: Actor,
  send: (changes: Changes) => void,
  lost: () => void = () => {},
): () => void {
  authorize(actor, 'run.read', { workspaceId: actor.workspaceId });
  let gathered = new Map<Topic, Set<string>>();
  let timer: NodeJS.Timeout | undefined;
  const flush = () => {
    timer = undefined;
    const changes: Changes = {};
    for (const [topic, ids] of gathered) changes[topic] = ids.size > MOST_IDS || ids.has('') ? [] : [...ids];
    gathered = new Map();
    send(changes);
  };
  const stop = listen({
    change({ workspaceId, topic, id }) {
      if (workspaceId !== actor.workspaceId) return;
      const ids = gathered.get(topic) ?? new Set<string>();
      ids.add(id);
      gathered.set(topic, ids);
      timer ??= setTimeout(flush, GATHER_MS);
    },
    lost,
    reset() {
      send({});
    },
  });
  return () => {
    clearTimeout(timer);
    stop();
  };
}
