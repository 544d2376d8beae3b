'use client';

import { useEffect, useState } from 'react';
import { applyTheme, chosenTheme, isTheme, THEME_TITLES, THEMES } from '@/components/shell/theme';
import { ActionForm } from '@/components/ui/action-form';
import { Input } from '@/components/ui/field';
import { SubmitButton } from '@/components/ui/submit-button';
import { changePassword, setMail } from './actions';

/** Light, dark or as the system; kept in this browser. */
export function Appearance() {
  const [theme, setTheme] = useState<string | null>(null);
  useEffect(() => setTheme(chosenTheme()), []);
  return (
    <fieldset className="grid gap-2">
      <legend className="mb-2 text-sm text-ink-2">Kept in this browser.</legend>
      {THEMES.map((each) => (
        <label key={each} className="flex items-center gap-2">
          <input
            type="radio"
            name="theme"
            value={each}
            checked={theme === each}
            onChange={(event) => {
              const { value } = event.currentTarget;
              if (!isTheme(value)) return;
              applyTheme(value);
              setTheme(value);
            }}
            className="size-4 accent-(--accent)"
          />
          {THEME_TITLES[each]}
        </label>
      ))}
    </fieldset>
  );
}

/** Whether what waits for the person is mailed to them too. */
export function MailSetting({
  available,
  wanted,
  email,
}: {
  available: boolean;
  wanted: boolean;
  email: string;
}) {
  if (!available)
    return (
      <p className="text-sm text-ink-2">
        This instance sends no mail: no mail server is set (COUNTERSIGN_SMTP_URL). All that waits for you is
        in your inbox here.
      </p>
    );
  return (
    <ActionForm action={setMail} className="grid gap-3">
      <p className="text-sm text-ink-2">
        {wanted
          ? `What waits for you is mailed to ${email}, each with a link to it.`
          : 'Nothing is mailed to you. What waits for you is in your inbox here.'}
      </p>
      <input type="hidden" name="wanted" value={wanted ? 'no' : 'yes'} />
      <SubmitButton variant="default" className="justify-self-start">
        {wanted ? 'Stop mailing me' : 'Mail me what waits for me'}
      </SubmitButton>
    </ActionForm>
  );
}

/** Present and new password; the session ends, since it was opened with the old one. */
export function ChangePassword() {
  return (
    <ActionForm
      action={changePassword}
      resetOnDone
      onDone={() => window.location.assign('/sign-in')}
      className="grid max-w-sm gap-4"
    >
      <Input
        name="current"
        type="password"
        label="Present password"
        autoComplete="current-password"
        required
        maxLength={1000}
      />
      <Input
        name="password"
        type="password"
        label="New password"
        autoComplete="new-password"
        hint="At least 12 characters. You sign in again with it, here and on your other devices."
        required
        minLength={12}
        maxLength={200}
      />
      <SubmitButton className="justify-self-start">Change password</SubmitButton>
    </ActionForm>
  );
}
