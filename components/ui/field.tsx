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
  /** True leaves out "optional": for a filter, where nothing has to be filled in. */
  quiet?: boolean;
}

function Frame({
  id,
  label,
  hint,
  error,
  labelHidden,
  optional,
  children,
}: {
  id: string;
  label: ReactNode;
  hint: ReactNode;
  error: string | undefined;
  labelHidden: boolean;
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

type Named = { name: string; id?: string };
type Props<Tag extends 'input' | 'textarea' | 'select'> = Omit<ComponentProps<Tag>, 'name' | 'id'> &
  Named &
  FieldParts;

/** Parts what is given into the control's and its frame's, and ties the two together. */
function useField<
  P extends Named & FieldParts & { className?: string | undefined; required?: boolean | undefined },
>(props: P) {
  const { label, hint, error, labelHidden = false, quiet = false, className = '', ...rest } = props;
  const made = useId();
  const issue = useFieldIssue(props.name);
  const shown = error ?? issue;
  const id = props.id ?? made;
  const described = [hint === undefined ? '' : `${id}-hint`, shown === undefined ? '' : `${id}-error`]
    .filter((part) => part !== '')
    .join(' ');
  return {
    frame: {
      id,
      label,
      hint,
      error: shown,
      labelHidden,
      optional: props.required !== true && !labelHidden && !quiet,
    },
    control: {
      ...rest,
      id,
      className: `${CONTROL} ${className}`,
      'aria-invalid': shown !== undefined,
      ...(described === '' ? {} : { 'aria-describedby': described }),
    },
  };
}

/** One line of text with its label, hint and error. Says "optional" unless `required`. */
export function Input(props: Props<'input'>) {
  const { frame, control } = useField(props);
  return (
    <Frame {...frame}>
      <input {...control} />
    </Frame>
  );
}

export function Textarea(props: Props<'textarea'>) {
  const { frame, control } = useField(props);
  return (
    <Frame {...frame}>
      <textarea rows={3} {...control} />
    </Frame>
  );
}

export function Select(props: Props<'select'>) {
  const { frame, control } = useField(props);
  return (
    <Frame {...frame} optional={false}>
      <select {...control} className={`${control.className} pl-1.5!`} />
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
