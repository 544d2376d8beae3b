'use client';

import { createContext, type ReactNode, useContext, useMemo } from 'react';

interface Clock {
  /** The workspace's time zone: everyone in an incident reads the same times. */
  zone: string;
  /** Milliseconds when the server rendered; what the browser starts from, so both write the same text. */
  renderedAt: number;
}

const ClockContext = createContext<Clock>({ zone: 'UTC', renderedAt: 0 });

export function ClockProvider({ zone, renderedAt, children }: Clock & { children: ReactNode }) {
  const clock = useMemo(() => ({ zone, renderedAt }), [zone, renderedAt]);
  return <ClockContext value={clock}>{children}</ClockContext>;
}

export function useClock(): Clock {
  return useContext(ClockContext);
}

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

/** One timer for every relative time on the page. */
export function subscribeToSeconds(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    for (const each of listeners) each();
  }, 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}
