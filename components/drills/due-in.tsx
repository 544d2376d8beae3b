'use client';

import { useSyncExternalStore } from 'react';
import { subscribeToSeconds, useClock } from '@/components/ui/clock';
import { formatDuration } from '@/lib/format';

/** "1 min 12 s", counting down to a time. */
export function DueIn({ at }: { at: string }) {
  const { renderedAt } = useClock();
  const told = (now: number) => formatDuration(Math.max(0, Math.ceil((Date.parse(at) - now) / 1000) * 1000));
  const text = useSyncExternalStore(
    subscribeToSeconds,
    () => told(Date.now()),
    () => told(renderedAt),
  );
  return <time dateTime={at}>{text}</time>;
}
