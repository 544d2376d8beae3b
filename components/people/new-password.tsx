import { Input } from '@/components/ui/field';

/** The field for a password that is being chosen; lib/services/people/password.ts has the rules. */
export function NewPassword({ autoFocus = false }: { autoFocus?: boolean }) {
  return (
    <Input
      name="password"
      type="password"
      label="Password"
      autoComplete="new-password"
      hint="At least 12 characters. Length is what counts; a few words in a row are fine."
      required
      minLength={12}
      maxLength={200}
      autoFocus={autoFocus}
    />
  );
}
