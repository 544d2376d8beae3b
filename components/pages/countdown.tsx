'use client';

import { useSyncExternalStore } from 'react';
import { subscribeToSeconds, useClock } from '@/components/ui/clock';
import { formatDuration } from '@/lib/format';

/** How long until a moment, to the second; not read out each time it changes. */
export function Countdown({ until }: { until: string }) {
  const { renderedAt } = useClock();
  const second = (at: number) => Math.floor(at / 1000) * 1000;
  const now = useSyncExternalStore(
    subscribeToSeconds,
    () => second(Date.now()),
    () => second(renderedAt),
  );
  const left = Math.max(0, Math.round((Date.parse(until) - now) / 1000) * 1000);
  return (
    <span className="font-medium whitespace-nowrap" role="timer" aria-live="off">
      {formatDuration(left)}
    </span>
  );
}
