'use client';

import { signIn } from 'next-auth/react';
import { type FormEvent, useRef, useState } from 'react';
import { Callout } from '@/components/ui/callout';
import { Input } from '@/components/ui/field';
import { SubmitButton } from '@/components/ui/submit-button';
import { formatDuration } from '@/lib/format';

function explain(error: string | null | undefined): string {
  const limited = /^rate_limited:(\d+)$/.exec(error ?? '');
  if (limited !== null)
    return `Too many failed attempts. Try again in ${formatDuration(Number(limited[1]) * 1000)}.`;
  if (error === 'unavailable') return 'The server cannot check passwords right now. Try again in a minute.';
  // The same for an unknown address and a wrong password.
  return 'This e-mail address and password do not go together.';
}

/** E-mail and password; what was typed stays through errors. */
export function SignInForm({ next }: { next: string }) {
  const [error, setError] = useState<string | null>(null);
  const [pending, setPending] = useState(false);
  const form = useRef<HTMLFormElement>(null);

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    setPending(true);
    setError(null);
    try {
      const result = await signIn('password', {
        email: String(data.get('email') ?? ''),
        password: String(data.get('password') ?? ''),
        redirect: false,
      });
      if (result?.ok === true && !result.error) {
        // A full load: the layout above is another one, and nothing of the visitor before may stay.
        window.location.assign(next);
        return;
      }
      setError(explain(result?.error));
    } catch {
      setError('The server did not answer. Check your connection and try again.');
    }
    setPending(false);
    form.current?.querySelector<HTMLInputElement>('input[name="password"]')?.focus();
  }

  return (
    <form ref={form} onSubmit={submit} method="post" className="grid gap-4">
      <Input name="email" type="email" label="E-mail" autoComplete="username webauthn" required autoFocus />
      <Input name="password" type="password" label="Password" autoComplete="current-password" required />
      {error === null ? null : <Callout tone="critical" alert title={error} />}
      <SubmitButton pending={pending}>Sign in</SubmitButton>
    </form>
  );
}
