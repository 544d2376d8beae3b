import Link from 'next/link';
import type { ComponentProps, ReactNode } from 'react';

export type ButtonVariant = 'default' | 'primary' | 'danger' | 'link';

const BASE =
  'inline-flex items-center justify-center gap-2 rounded-md border font-medium whitespace-nowrap select-none no-underline transition-colors duration-100 disabled:opacity-55 aria-disabled:opacity-55';
const SIZE = { normal: 'min-h-8 px-3 py-1.5 text-base', small: 'min-h-7 px-2.5 py-1 text-sm max-md:min-h-9' };
const VARIANT: Record<ButtonVariant, string> = {
  default: 'border-line-strong bg-sheet text-ink hover:enabled:bg-sunk [a&]:hover:bg-sunk',
  primary: 'border-accent bg-accent text-accent-ink hover:enabled:brightness-110 [a&]:hover:brightness-110',
  danger:
    'border-critical/40 bg-sheet text-critical hover:enabled:bg-critical-soft [a&]:hover:bg-critical-soft',
  link: 'prose-link min-h-0! border-transparent bg-transparent p-0! font-normal!',
};

/** The look of a button, for elements that are not one (a Radix trigger, a file label). */
export function buttonClass(variant: ButtonVariant = 'default', size: keyof typeof SIZE = 'normal'): string {
  return `${BASE} ${SIZE[size]} ${VARIANT[variant]}`;
}

export interface ButtonProps extends ComponentProps<'button'> {
  variant?: ButtonVariant;
  size?: keyof typeof SIZE;
  /** Shows a turning mark and refuses further clicks; the label stays, so the width does too. */
  pending?: boolean;
}

/** A verb. `type` is "button" unless told otherwise, so it never submits by accident. */
export function Button({
  variant = 'default',
  size = 'normal',
  pending = false,
  className = '',
  children,
  disabled,
  ...rest
}: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      disabled={disabled === true || pending}
      aria-busy={pending || undefined}
      className={`${buttonClass(variant, size)} ${className}`}
    >
      {pending ? <Turning /> : null}
      {children}
    </button>
  );
}

/** A link that looks like a button: goes somewhere, changes nothing. */
export function ButtonLink({
  variant = 'default',
  size = 'normal',
  className = '',
  ...rest
}: ComponentProps<typeof Link> & {
  variant?: ButtonVariant;
  size?: keyof typeof SIZE;
  children: ReactNode;
}) {
  // A file is made when it is asked for, not when a page that offers it is looked at.
  const file = typeof rest.href === 'string' && rest.href.startsWith('/api/');
  return (
    <Link
      {...rest}
      {...(file ? { prefetch: false } : {})}
      className={`${buttonClass(variant, size)} ${className}`}
    />
  );
}

export function Turning() {
  return (
    <svg viewBox="0 0 16 16" className="size-3.5 animate-spin" fill="none" aria-hidden="true">
      <circle cx="8" cy="8" r="6" stroke="currentColor" strokeWidth="2" opacity="0.25" />
      <path d="M14 8a6 6 0 0 0-6-6" stroke="currentColor" strokeWidth="2" strokeLinecap="round" />
    </svg>
  );
}
