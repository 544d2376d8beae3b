'use client';

import { useRouter } from 'next/navigation';
import { signIn } from 'next-auth/react';
import { useState } from 'react';
import { Button, type ButtonVariant } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { useReady } from '@/components/ui/use-ready';
import { openDemo } from './actions';

/** Makes the demo workspace if it is not there yet and enters it as its operator. */
export function ExploreDemo({ next, variant = 'default' }: { next: string; variant?: ButtonVariant }) {
  const router = useRouter();
  const ready = useReady();
  const [pending, setPending] = useState(false);
  const [error, setError] = useState<string | null>(null);

  async function enter() {
    setPending(true);
    setError(null);
    try {
      const opened = await openDemo();
      if (!opened.ok) {
        setError(opened.message);
      } else {
        const result = await signIn('demo', { personId: opened.personId, redirect: false });
        if (result?.ok === true && !result.error) {
          router.push(next);
          router.refresh();
          return;
        }
        setError('The demo could not be entered. Reload the page and try again.');
      }
    } catch {
      setError('The server did not answer. Try again.');
    }
    setPending(false);
  }

  return (
    <div className="grid justify-items-start gap-3">
      <Button
        onClick={enter}
        pending={pending}
        variant={variant}
        disabled={!ready}
        className={ready ? '' : 'disabled:opacity-100'}
      >
        Explore the demo workspace
      </Button>
      {error === null ? null : <Callout tone="critical" alert title={error} />}
    </div>
  );
}
