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
  const [shown, setShown] = useState({ view, keys: live.map(keyOf) });
  // Asked for something else, or nothing was there to be moved: all of it is what one wants to see.
  if (shown.view !== view || (shown.keys.length === 0 && live.length > 0))
    setShown({ view, keys: live.map(keyOf) });
  const byKey = new Map(live.map((row) => [keyOf(row), row]));
  const keys = shown.view === view && shown.keys.length > 0 ? shown.keys : live.map(keyOf);
  const known = new Set(keys);
  return {
    rows: keys.flatMap((key) => {
      const row = byKey.get(key);
      return row === undefined ? [] : [row];
    }),
    newRows: live.reduce((count, row) => count + (known.has(keyOf(row)) ? 0 : 1), 0),
    accept: () => setShown({ view, keys: live.map(keyOf) }),
  };
}
