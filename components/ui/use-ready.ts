'use client';

import { useSyncExternalStore } from 'react';

const never = () => () => {};

/** False in what the server sent, true once the page's script runs: before that a form would be sent nowhere. */
export function useReady(): boolean {
  return useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
}
