'use client';

import { useCallback, useEffect, useState } from 'react';
import { useLive } from '@/components/shell/live';
import { ANYTHING } from '@/components/shell/live-feed';
import type { DraftContext, DraftReading } from '@/lib/contract/read-draft';
import type { DraftDetail } from '@/lib/services/drafts/get-draft';
import { DraftStore } from './draft-store';
import { browserCopy } from './local-copy';
import { draftServer, type Server } from './server';
import { WorkerReader } from './worker-reader';

const HERE_MS = 10_000;
const SETTLED_MS = 600;

/** The draft of this page: begun with what the server rendered, then live, and told to the others. */
export function useDraftStore(
  draft: DraftDetail,
  reading: DraftReading,
  context: DraftContext,
  me: string,
): { store: DraftStore | null; at: (clause: string | null) => void } {
  const [store, setStore] = useState<DraftStore | null>(null);
  const [server] = useState<Server>(() => draftServer(draft.id));
  const [place] = useState<{ clause: string | null; timer?: ReturnType<typeof setTimeout> }>({
    clause: null,
  });

  // biome-ignore lint/correctness/useExhaustiveDependencies: a store is made once for a draft; news come over the event stream
  useEffect(() => {
    const made = new DraftStore(draft, reading, me, new WorkerReader(), server, browserCopy(draft.id, me));
    setStore(made);
    void made.begin(context);
    const keep = () => made.keepLocally();
    const online = () => void made.saveNow();
    window.addEventListener('pagehide', keep);
    window.addEventListener('online', online);
    return () => {
      window.removeEventListener('pagehide', keep);
      window.removeEventListener('online', online);
      made.close();
    };
  }, [draft.id, me]);

  useEffect(() => {
    const here = () => server.present(place.clause);
    here();
    const timer = setInterval(() => {
      if (!document.hidden) here();
    }, HERE_MS);
    const leave = () => {
      clearTimeout(place.timer);
      server.present(false);
    };
    window.addEventListener('pagehide', leave);
    return () => {
      clearInterval(timer);
      window.removeEventListener('pagehide', leave);
      leave();
    };
  }, [server, place]);

  const look = useCallback(
    (topic: string, ids: readonly string[]) => {
      if (store === null || !(topic === ANYTHING || topic === 'draft')) return;
      if (topic === 'draft' && ids.length > 0 && !ids.includes(draft.id)) return;
      // The stream tells that something changed; while the server is away the next news bring it.
      server.draft(store.known).then(
        (now) => store.hear(now),
        () => {},
      );
    },
    [store, server, draft.id],
  );
  useLive(look);

  const at = useCallback(
    (clause: string | null) => {
      if (place.clause === clause) return;
      place.clause = clause;
      // Who tabs through a form is nowhere yet.
      clearTimeout(place.timer);
      place.timer = setTimeout(() => server.present(clause), SETTLED_MS);
    },
    [place, server],
  );
  return { store, at };
}
