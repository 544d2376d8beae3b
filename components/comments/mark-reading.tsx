'use client';

import { useEffect } from 'react';
import type { CommentSubject } from '@/lib/services/comments/subject';
import { markSeen } from './actions';

const SECONDS = 5;

/** Notes a reading once the page has been open and visible for five seconds; again for each revision of a draft. */
export function MarkReading({ subject, revision = 0 }: { subject: CommentSubject; revision?: number }) {
  const { kind, id } = subject;
  useEffect(() => {
    let seen = 0;
    const timer = setInterval(() => {
      if (document.visibilityState !== 'visible') return;
      seen += 1;
      if (seen < SECONDS) return;
      clearInterval(timer);
      // A reading that cannot be noted is no fault of the reader's.
      void markSeen({ kind, id }, revision).catch(() => {});
    }, 1000);
    return () => clearInterval(timer);
  }, [kind, id, revision]);
  return null;
}
