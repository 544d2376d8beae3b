'use client';

import { signIn } from 'next-auth/react';
import { useEffect, useRef, useState } from 'react';
import { NewPassword } from '@/components/people/new-password';
import { ActionForm } from '@/components/ui/action-form';
import { Input } from '@/components/ui/field';
import { SubmitButton } from '@/components/ui/submit-button';
import { createOwnWorkspace } from './actions';

/** Workspace, name, address, password; signs the new administrator in and goes to the keys page for the first API key. */
export function CreateWorkspaceForm({ primary }: { primary: boolean }) {
  const [zone, setZone] = useState('UTC');
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => setZone(Intl.DateTimeFormat().resolvedOptions().timeZone), []);

  async function enter() {
    const value = (name: string) =>
      box.current?.querySelector<HTMLInputElement>(`input[name="${name}"]`)?.value;
    const result = await signIn('password', {
      email: value('email') ?? '',
      password: value('password') ?? '',
      redirect: false,
    });
    window.location.assign(result?.ok === true && !result.error ? '/settings/keys?first=1' : '/sign-in');
  }

  return (
    <div ref={box}>
      <ActionForm action={createOwnWorkspace} onDone={enter}>
        <Input
          name="workspace"
          label="Company or team"
          autoComplete="organization"
          required
          maxLength={120}
        />
        <Input name="name" label="Your name" autoComplete="name" required maxLength={120} />
        <Input
          name="email"
          type="email"
          label="Your e-mail"
          autoComplete="username"
          required
          maxLength={320}
        />
        <NewPassword />
        <input type="hidden" name="timeZone" value={zone} />
        <p className="text-sm text-ink-2">Times are shown in {zone}; you can change that in the settings.</p>
        <SubmitButton variant={primary ? 'primary' : 'default'}>Create workspace</SubmitButton>
      </ActionForm>
    </div>
  );
}
