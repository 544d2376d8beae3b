'use client';

import { useSyncExternalStore } from 'react';
import { type ClockPrecision, formatClock, formatDateTime, formatRelative } from '@/lib/format';
import { subscribeToSeconds, useClock } from './clock';
import { Tooltip } from './tooltip';

/** "41 s ago", kept true while one looks; the exact time and zone on hover and focus. */
export function RelativeTime({ at, focusable = true }: { at: string; focusable?: boolean }) {
  const { zone, renderedAt } = useClock();
  // The snapshot is the text itself: a second that changes no word re-renders nothing.
  const text = useSyncExternalStore(
    subscribeToSeconds,
    () => formatRelative(at, Date.now()),
    () => formatRelative(at, renderedAt),
  );
  return (
    <Tooltip content={formatDateTime(at, zone)}>
      <time dateTime={at} className="whitespace-nowrap" tabIndex={focusable ? 0 : undefined}>
        {text}
      </time>
    </Tooltip>
  );
}

/** The exact time in the workspace's zone: "21 Nov 2026, 02:04:11 CET". */
export function ExactTime({ at, precision = 'second' }: { at: string; precision?: ClockPrecision }) {
  const { zone } = useClock();
  return (
    <time dateTime={at} className="whitespace-nowrap">
      {formatDateTime(at, zone, precision)}
    </time>
  );
}

/** The time of day for timelines, "02:04:11.208", with date and zone on hover. */
export function ClockTime({ at, precision = 'millisecond' }: { at: string; precision?: ClockPrecision }) {
  const { zone } = useClock();
  return (
    <time dateTime={at} title={formatDateTime(at, zone, precision)} className="whitespace-nowrap">
      {formatClock(at, zone, precision)}
    </time>
  );
}
