'use client';

import { type QueryKey, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef } from 'react';
import { useLive } from './live';

const EVERY_MS = 10_000;

/**
 * For figures over many rows, which cost more to read than a row: refetches `queryKey` after changes of these topics,
 * but not more often than every ten seconds.
 */
export function useSlowLive(queryKey: QueryKey, topics: readonly string[]): void {
  const client = useQueryClient();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const last = useRef(0);
  const latest = useRef({ queryKey, topics });
  latest.current = { queryKey, topics };
  const onChange = useCallback(
    (topic: string) => {
      if (!latest.current.topics.includes(topic) || timer.current !== undefined) return;
      const wait = Math.max(0, last.current + EVERY_MS - Date.now());
      timer.current = setTimeout(() => {
        timer.current = undefined;
        last.current = Date.now();
        void client.invalidateQueries({ queryKey: latest.current.queryKey });
      }, wait);
    },
    [client],
  );
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      timer.current = undefined;
    },
    [],
  );
  useLive(onChange);
}
