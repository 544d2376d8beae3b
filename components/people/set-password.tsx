'use client';

import { signIn } from 'next-auth/react';
import { useEffect, useRef, useState } from 'react';
import { ActionForm } from '@/components/ui/action-form';
import { Callout } from '@/components/ui/callout';
import { Skeleton } from '@/components/ui/skeleton';
import { SubmitButton } from '@/components/ui/submit-button';
import type { ActionState } from '@/lib/auth/action-state';
import { readLink, setPassword } from './actions';
import { NewPassword } from './new-password';

/** Behind a one-time link, whose token stands after `#` and so is known to the browser only. */
export function SetPassword() {
  const [token, setToken] = useState('');
  const [link, setLink] = useState<ActionState>(null);
  const form = useRef<HTMLDivElement>(null);

  useEffect(() => {
    const read = () => {
      const found = window.location.hash.slice(1);
      setToken(found);
      setLink(null);
      readLink(found).then(setLink, () =>
        setLink({ ok: false, message: 'The server did not answer. Reload the page.', issues: [] }),
      );
    };
    read();
    // Another link opened in this tab changes only the part after "#".
    window.addEventListener('hashchange', read);
    return () => window.removeEventListener('hashchange', read);
  }, []);

  if (link === null) return <Skeleton className="h-24 w-full" />;
  if (!link.ok) return <Callout tone="critical" alert title={link.message} />;
  return (
    <div ref={form}>
      <ActionForm
        action={setPassword}
        onDone={async (state) => {
          const password = form.current?.querySelector<HTMLInputElement>('input[name="password"]')?.value;
          const result = await signIn('password', {
            email: state.reveal ?? '',
            password: password ?? '',
            redirect: false,
          });
          window.location.assign(result?.ok === true && !result.error ? '/' : '/sign-in');
        }}
      >
        <p className="text-ink-2">
          For {link.message}, {link.reveal}.
        </p>
        <input type="hidden" name="token" value={token} />
        {/* Tells password managers whose password this is. */}
        <input type="email" autoComplete="username" value={link.reveal ?? ''} readOnly hidden />
        <NewPassword autoFocus />
        <SubmitButton>Set password and sign in</SubmitButton>
      </ActionForm>
    </div>
  );
}
