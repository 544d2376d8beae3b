'use client';

import { type ComponentProps, type ReactNode, useId } from 'react';
import { useFieldIssue } from './action-form';

const CONTROL =
  'w-full rounded-md border border-line-strong bg-sheet px-2.5 py-1.5 text-base text-ink aria-[invalid=true]:border-critical disabled:bg-sunk disabled:text-ink-3';

interface FieldParts {
  label: ReactNode;
  /** What to write, before one writes it. */
  hint?: ReactNode;
  /** What is wrong with it; found by `name` in the form around it when left out. */
  error?: string;
  /** True hides the label from sight (it is still read out). */
  labelHidden?: boolean;
}

function Frame({
  id,
  label,
  hint,
  error,
  labelHidden = false,
  optional,
  children,
}: Omit<FieldParts, 'error'> & {
  id: string;
  error: string | undefined;
  optional: boolean;
  children: ReactNode;
}) {
  return (
    <div className="grid gap-1">
      <label htmlFor={id} className={labelHidden ? 'sr-only' : 'text-sm font-medium'}>
        {label}
        {optional ? <span className="font-normal text-ink-3"> optional</span> : null}
      </label>
      {children}
      {hint === undefined ? null : (
        <p id={`${id}-hint`} className="text-sm text-ink-2">
          {hint}
        </p>
      )}
      {error === undefined ? null : (
        <p id={`${id}-error`} className="text-sm text-critical">
          {error}
        </p>
      )}
    </div>
  );
}

function useField({
  name,
  error,
  hint,
  id,
}: {
  name: string;
  error?: string;
  hint?: ReactNode;
  id?: string;
}) {
  const made = useId();
  const issue = useFieldIssue(name);
  const shown = error ?? issue;
  const ownId = id ?? made;
  const described = [hint === undefined ? '' : `${ownId}-hint`, shown === undefined ? '' : `${ownId}-error`]
    .filter((part) => part !== '')
    .join(' ');
  return {
    id: ownId,
    shown,
    aria: {
      'aria-invalid': shown !== undefined,
      ...(described === '' ? {} : { 'aria-describedby': described }),
    },
  };
}

type Named = { name: string; id?: string };

/** One line of text with its label, hint and error. Says "optional" unless `required`. */
export function Input({
  label,
  hint,
  error,
  labelHidden = false,
  className = '',
  ...rest
}: Omit<ComponentProps<'input'>, 'name' | 'id'> & Named & FieldParts) {
  const field = useField({ ...rest, ...(error === undefined ? {} : { error }), hint });
  return (
    <Frame
      id={field.id}
      label={label}
      hint={hint}
      error={field.shown}
      labelHidden={labelHidden}
      optional={rest.required !== true && !labelHidden}
    >
      <input {...rest} {...field.aria} id={field.id} className={`${CONTROL} ${className}`} />
    </Frame>
  );
}

export function Textarea({
  label,
  hint,
  error,
  labelHidden = false,
  className = '',
  ...rest
}: Omit<ComponentProps<'textarea'>, 'name' | 'id'> & Named & FieldParts) {
  const field = useField({ ...rest, ...(error === undefined ? {} : { error }), hint });
  return (
    <Frame
      id={field.id}
      label={label}
      hint={hint}
      error={field.shown}
      labelHidden={labelHidden}
      optional={rest.required !== true && !labelHidden}
    >
      <textarea rows={3} {...rest} {...field.aria} id={field.id} className={`${CONTROL} ${className}`} />
    </Frame>
  );
}

export function Select({
  label,
  hint,
  error,
  labelHidden = false,
  className = '',
  children,
  ...rest
}: Omit<ComponentProps<'select'>, 'name' | 'id'> & Named & FieldParts) {
  const field = useField({ ...rest, ...(error === undefined ? {} : { error }), hint });
  return (
    <Frame
      id={field.id}
      label={label}
      hint={hint}
      error={field.shown}
      labelHidden={labelHidden}
      optional={false}
    >
      <select {...rest} {...field.aria} id={field.id} className={`${CONTROL} pl-1.5! ${className}`}>
        {children}
      </select>
    </Frame>
  );
}

/** Several of a few: boxes to tick under one name. */
export function Checkboxes({
  name,
  legend,
  hint,
  options,
  chosen = [],
}: {
  name: string;
  legend: ReactNode;
  hint?: ReactNode;
  options: readonly { value: string; label: ReactNode; hint?: ReactNode }[];
  chosen?: readonly string[];
}) {
  const issue = useFieldIssue(name);
  const id = useId();
  return (
    <fieldset className="grid gap-1.5" aria-describedby={issue === undefined ? undefined : `${id}-error`}>
      <legend className="mb-1 text-sm font-medium">{legend}</legend>
      {hint === undefined ? null : <p className="mb-1 text-sm text-ink-2">{hint}</p>}
      {options.map((option) => (
        <label key={option.value} className="flex items-start gap-2">
          <input
            type="checkbox"
            name={name}
            value={option.value}
            defaultChecked={chosen.includes(option.value)}
            aria-invalid={issue !== undefined}
            className="mt-0.5 size-4 accent-(--accent)"
          />
          <span>
            {option.label}
            {option.hint === undefined ? null : (
              <span className="block text-sm text-ink-2">{option.hint}</span>
            )}
          </span>
        </label>
      ))}
      {issue === undefined ? null : (
        <p id={`${id}-error`} className="text-sm text-critical">
          {issue}
        </p>
      )}
    </fieldset>
  );
}
