'use client';

import { useRouter } from 'next/navigation';
import { useCallback, useEffect, useRef } from 'react';
import { useLive } from './live';
import { ANYTHING } from './live-feed';

/** Renders the page's server part again when one of these topics changes, at most every two seconds. */
export function LiveRefresh({ topics }: { topics: readonly string[] }) {
  const router = useRouter();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const wanted = topics.join(' ');
  const onChange = useCallback(
    (topic: string) => {
      if (!(topic === ANYTHING || wanted.split(' ').includes(topic)) || timer.current !== undefined) return;
      timer.current = setTimeout(() => {
        timer.current = undefined;
        router.refresh();
      }, 2000);
    },
    [router, wanted],
  );
  useEffect(() => () => clearTimeout(timer.current), []);
  useLive(onChange);
  return null;
}
