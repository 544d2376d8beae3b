'use client';

import { useCallback, useState } from 'react';
import { toast } from '@/components/ui/toast';
import type { Edit, Path } from '@/lib/contract/edit-value';
import { useEditor } from './editor-context';

export interface OpenRows<K> {
  isOpen: (key: K) => boolean;
  toggle: (key: K) => void;
  show: (key: K) => void;
  /** Rows go by another key, or (undefined) are gone. */
  rekey: (change: (key: K) => K | undefined) => void;
}

/** Which rows of a list are open. */
export function useOpenRows<K extends string | number>(): OpenRows<K> {
  const [open, setOpen] = useState<ReadonlySet<K>>(new Set());
  return {
    isOpen: (key) => open.has(key),
    toggle: useCallback((key: K) => {
      setOpen((before) => {
        const next = new Set(before);
        if (!next.delete(key)) next.add(key);
        return next;
      });
    }, []),
    show: useCallback((key: K) => setOpen((before) => new Set([...before, key])), []),
    rekey: useCallback((change: (key: K) => K | undefined) => {
      setOpen(
        (before) =>
          new Set(
            [...before].flatMap((key) => {
              const now = change(key);
              return now === undefined ? [] : [now];
            }),
          ),
      );
    }, []),
  };
}

/** Removes an entry and offers to take that back: as the last step, or, once others followed, by putting it in again. */
export function useRemove(): (path: Path, what: string, putBack: Edit) => void {
  const { store } = useEditor();
  return useCallback(
    (path, what, putBack) => {
      store.edit([{ op: 'remove', path }]);
      const { changes } = store;
      toast(`Removed ${what}`.trim(), {
        action: {
          label: 'Undo',
          onClick: () => {
            if (store.changes === changes) void store.undo();
            else store.edit([putBack]);
          },
        },
      });
    },
    [store],
  );
}
