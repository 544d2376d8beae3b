'use client';

import { useSyncExternalStore } from 'react';
import { subscribeToSeconds, useClock } from '@/components/ui/clock';
import { formatDateTime, formatDuration } from '@/lib/format';
import type { WaitingDto } from '@/lib/services/gates/dto';

/** "waits 1 h 12 min, on you": kept true while one looks; since when on hover. */
export function Waits({ waiting }: { waiting: WaitingDto }) {
  const { zone, renderedAt } = useClock();
  const since = Date.parse(waiting.since);
  const told = (now: number) => formatDuration(Math.max(0, Math.floor((now - since) / 60_000) * 60_000));
  const text = useSyncExternalStore(
    subscribeToSeconds,
    () => told(Date.now()),
    () => told(renderedAt),
  );
  return (
    <span title={`since ${formatDateTime(waiting.since, zone)}`}>
      {text === '0 s' ? 'waits' : `waits ${text},`} {waiting.words}
    </span>
  );
}
