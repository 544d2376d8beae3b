'use client';

import { useEffect } from 'react';

const BEAT_SECONDS = 10;

/** Says what a reader looked at. Nothing of theirs fails when it cannot be noted. */
export function noteVisit(reviewId: string, visit: { seconds: number; opened: readonly string[] }): void {
  void fetch(`/api/gates/${encodeURIComponent(reviewId)}/visit`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(visit),
    // A last beat leaves with the page.
    keepalive: true,
  }).catch(() => {});
}

/** Counts the seconds that the review is on screen, in view and not in a tab behind, and notes them every ten. */
export function VisitBeats({ reviewId }: { reviewId: string }) {
  useEffect(() => {
    let seconds = 0;
    const send = () => {
      if (seconds === 0) return;
      noteVisit(reviewId, { seconds, opened: [] });
      seconds = 0;
    };
    const timer = setInterval(() => {
      if (document.visibilityState !== 'visible') return;
      seconds += 1;
      if (seconds >= BEAT_SECONDS) send();
    }, 1000);
    document.addEventListener('visibilitychange', send);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', send);
      send();
    };
  }, [reviewId]);
  return null;
}
