'use client';

import { useEffect } from 'react';
import { LOGIN_CHANNEL } from './fresh-login';

/** Tells the page that waits how the login went, and closes the window, which the browser allows where a script opened it. */
export function LoginBack({ challengeId, fault }: { challengeId: string | null; fault: string | null }) {
  useEffect(() => {
    if (challengeId === null) return;
    const channel = new BroadcastChannel(LOGIN_CHANNEL);
    channel.postMessage({ challengeId, ...(fault === null ? {} : { fault }) });
    channel.close();
    window.close();
  }, [challengeId, fault]);
  return (
    <div className="grid max-w-sm gap-2">
      <h1 className="text-xl font-semibold tracking-[-0.01em]">
        {fault === null ? 'It is you' : 'Not confirmed'}
      </h1>
      <p className="text-ink-2">{fault ?? 'You go on where you were. This window can be closed.'}</p>
    </div>
  );
}
