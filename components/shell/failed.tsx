'use client';

import { useEffect, useRef, useState } from 'react';
import { Button } from '@/components/ui/button';

const LOOK_MS = 2000;

/** What stands between the reader and the page: found out by asking, since a failed page is not told why. */
type Cause = 'unknown' | 'database' | 'server' | 'page';

const WORDS: Record<Cause, { title: string; text: string }> = {
  unknown: { title: 'This page could not be shown', text: 'Looking for the reason.' },
  database: {
    title: 'The database does not answer',
    text: 'Nothing was changed. The page comes back by itself when the database does. Agents that ask meanwhile are told to try again.',
  },
  server: {
    title: 'The server does not answer',
    text: 'Nothing was changed. The page comes back by itself when the server does.',
  },
  page: {
    title: 'Something failed on our side',
    text: 'Nothing was changed.',
  },
};

/**
 * Says what failed, and for an outage waits with the reader and comes back.
 *
 * @param digest the reference under which the server's log has the error
 * @param level of the heading, 1 where nothing else on the page has one
 */
export function Failed({ digest, level = 2 }: { digest: string | undefined; level?: 1 | 2 }) {
  const cause = useCause();
  const Heading = level === 1 ? 'h1' : 'h2';
  return (
    <div className="grid justify-items-start gap-2">
      <div role="status" className="grid gap-2">
        <Heading className={level === 1 ? 'text-xl font-semibold tracking-[-0.01em]' : 'font-semibold'}>
          {WORDS[cause].title}
        </Heading>
        <p className="max-w-[68ch] text-ink-2">
          {WORDS[cause].text}
          {cause !== 'page' ? null : digest === undefined ? (
            ' If it fails again, give your administrator the time; the server’s log has it.'
          ) : (
            <>
              {' '}
              If it fails again, give your administrator <span className="code">{digest}</span>; the server’s
              log has it too.
            </>
          )}
        </p>
      </div>
      <Button className="mt-1" onClick={() => window.location.reload()}>
        Try again
      </Button>
    </div>
  );
}

function useCause(): Cause {
  const [cause, setCause] = useState<Cause>('unknown');
  const was = useRef<Cause>('unknown');
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = new AbortController();
    async function look() {
      let now: Cause;
      try {
        const answer = await fetch('/api/health', { cache: 'no-store', signal: stop.signal });
        now = answer.ok ? 'page' : answer.status === 503 ? 'database' : 'server';
      } catch {
        now = 'server';
      }
      if (stop.signal.aborted) return;
      if (now === 'page' && was.current !== 'unknown') {
        // It was an outage, and it is over.
        window.location.reload();
        return;
      }
      was.current = now;
      setCause(now);
      if (now !== 'page') timer = setTimeout(look, LOOK_MS);
    }
    void look();
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, []);
  return cause;
}
