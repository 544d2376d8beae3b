'use client';

import { useFormStatus } from 'react-dom';
import { useFormPending } from './action-form';
import { Button, type ButtonProps } from './button';
import { useReady } from './use-ready';

/** Submits the form it stands in and shows that it is on its way. Waits for the page's script, without looking it. */
export function SubmitButton({
  variant = 'primary',
  pending = false,
  disabled = false,
  className = '',
  ...rest
}: ButtonProps) {
  const ready = useReady();
  const status = useFormStatus();
  const formPending = useFormPending();
  return (
    <Button
      {...rest}
      type="submit"
      variant={variant}
      pending={pending || status.pending || formPending}
      disabled={disabled || !ready}
      className={`${ready || disabled ? '' : 'disabled:opacity-100'} ${className}`}
    />
  );
}
