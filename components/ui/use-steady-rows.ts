'use client';

import { useState } from 'react';

/**
 * Live rows that keep their places: what is on screen is refreshed where it stands, what came since is counted and shown
 * only when asked for (`accept`). A row that is gone leaves. `view` is what was asked for; another view starts afresh.
 */
export function useSteadyRows<T>(
  live: readonly T[],
  keyOf: (row: T) => string,
  view: string,
): { rows: T[]; newRows: number; accept: () => void } {
  const liveKeys = live.map(keyOf);
  const [shown, setShown] = useState({ view, keys: liveKeys });
  // Asked for something else, or nothing was there to be moved: all of it is what one wants to see.
  const afresh = shown.view !== view || (shown.keys.length === 0 && live.length > 0);
  if (afresh) setShown({ view, keys: liveKeys });
  const byKey = new Map(live.map((row) => [keyOf(row), row]));
  const keys = afresh ? liveKeys : shown.keys;
  const known = new Set(keys);
  return {
    rows: keys.flatMap((key) => {
      const row = byKey.get(key);
      return row === undefined ? [] : [row];
    }),
    newRows: liveKeys.filter((key) => !known.has(key)).length,
    accept: () => setShown({ view, keys: liveKeys }),
  };
}
