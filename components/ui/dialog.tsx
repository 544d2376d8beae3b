'use client';

import * as Radix from '@radix-ui/react-dialog';
import { type ReactNode, useState } from 'react';
import type { ActionState, FormAction } from '@/lib/auth/action-state';
import { ActionForm } from './action-form';
import { Button, type ButtonVariant, buttonClass } from './button';
import { Textarea } from './field';
import { SubmitButton } from './submit-button';
import { toast } from './toast';

/** The box itself: title, one line that says what this is about, and whatever is asked. */
function DialogBox({
  title,
  description,
  children,
}: {
  title: ReactNode;
  description?: ReactNode;
  children: ReactNode;
}) {
  return (
    <Radix.Portal>
      <Radix.Overlay className="fixed inset-0 z-40 animate-fade-in bg-scrim" />
      <Radix.Content
        {...(description === undefined ? { 'aria-describedby': undefined } : {})}
        className="fixed inset-x-4 top-[max(16px,12vh)] z-50 mx-auto max-h-[calc(100dvh-32px-12vh)] max-w-lg animate-rise-in overflow-y-auto rounded-lg border border-line bg-sheet p-5 shadow-float"
      >
        <Radix.Title className="pr-8 text-lg font-semibold">{title}</Radix.Title>
        {description === undefined ? null : (
          <Radix.Description asChild>
            <div className="mt-1 text-ink-2">{description}</div>
          </Radix.Description>
        )}
        <div className="mt-4">{children}</div>
        <Radix.Close
          className="absolute top-4 right-4 grid size-8 place-items-center rounded-md text-ink-3 hover:bg-sunk hover:text-ink"
          aria-label="Close"
        >
          <svg
            viewBox="0 0 16 16"
            className="size-4"
            fill="none"
            stroke="currentColor"
            strokeWidth="1.5"
            aria-hidden="true"
          >
            <path d="M3.5 3.5l9 9m0-9l-9 9" />
          </svg>
        </Radix.Close>
      </Radix.Content>
    </Radix.Portal>
  );
}

/** A dialog opened by its own button. `children` may be a function that is given `close`. */
export function Dialog({
  trigger,
  variant = 'default',
  size = 'normal',
  title,
  description,
  onClose,
  children,
}: {
  trigger: ReactNode;
  variant?: ButtonVariant;
  size?: 'normal' | 'small';
  title: ReactNode;
  description?: ReactNode;
  /** However it was closed: forget what was shown once. */
  onClose?: () => void;
  children: ReactNode | ((close: () => void) => ReactNode);
}) {
  const [open, setOpen] = useState(false);
  const change = (to: boolean) => {
    setOpen(to);
    if (!to) onClose?.();
  };
  return (
    <Radix.Root open={open} onOpenChange={change}>
      <Radix.Trigger className={buttonClass(variant, size)}>{trigger}</Radix.Trigger>
      <DialogBox title={title} {...(description === undefined ? {} : { description })}>
        {typeof children === 'function' ? children(() => change(false)) : children}
      </DialogBox>
    </Radix.Root>
  );
}

/** The row of buttons at the end of a dialog's form: leave, or do it. */
export function DialogActions({
  onCancel,
  confirm,
  variant = 'primary',
}: {
  onCancel: () => void;
  confirm: ReactNode;
  variant?: ButtonVariant;
}) {
  return (
    <div className="flex flex-wrap justify-end gap-2">
      <Button onClick={onCancel}>Cancel</Button>
      <SubmitButton variant={variant}>{confirm}</SubmitButton>
    </div>
  );
}

/**
 * One deliberate act with a reason: says what will happen to how many and whether it can be undone,
 * asks why, then runs `action` with the fields `reason` and whatever `fields` adds (hidden inputs with ids).
 */
export function ReasonDialog({
  trigger,
  title,
  consequence,
  confirm,
  action,
  fields,
  reasonLabel = 'Reason',
  reasonHint = 'Kept in the audit log with your name.',
  reasonRequired = true,
  tone = 'danger',
  size = 'normal',
  onDone,
}: {
  trigger: ReactNode;
  title: ReactNode;
  consequence: ReactNode;
  confirm: ReactNode;
  action: FormAction;
  fields?: ReactNode;
  reasonLabel?: string;
  reasonHint?: string;
  reasonRequired?: boolean;
  tone?: 'danger' | 'primary' | 'default';
  size?: 'normal' | 'small';
  onDone?: (state: Extract<ActionState, { ok: true }>) => void;
}) {
  return (
    <Dialog trigger={trigger} variant={tone} size={size} title={title} description={consequence}>
      {(close) => (
        <ActionForm
          action={action}
          onDone={(state) => {
            close();
            if (state.message !== '') toast(state.message);
            onDone?.(state);
          }}
        >
          {fields}
          <Textarea
            name="reason"
            label={reasonLabel}
            hint={reasonHint}
            required={reasonRequired}
            maxLength={2000}
            autoFocus
          />
          <DialogActions onCancel={close} confirm={confirm} variant={tone} />
        </ActionForm>
      )}
    </Dialog>
  );
}
