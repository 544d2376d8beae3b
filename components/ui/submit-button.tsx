'use client';

import { useFormStatus } from 'react-dom';
import { useFormPending } from './action-form';
import { Button, type ButtonProps } from './button';

/** Submits the form it stands in and shows that it is on its way. */
export function SubmitButton({ variant = 'primary', pending = false, ...rest }: ButtonProps) {
  const status = useFormStatus();
  const formPending = useFormPending();
  return (
    <Button {...rest} type="submit" variant={variant} pending={pending || status.pending || formPending} />
  );
}
