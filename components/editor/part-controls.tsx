'use client';

import { useState } from 'react';
import type { Path } from '@/lib/contract/edit-value';
import { useEdit, useMayWrite } from './editor-context';
import { CONTROL } from './field-frame';
import { numberOf, plainText, textOf } from './typed-text';

type Naming =
  | { id: string; 'aria-invalid'?: boolean; 'aria-describedby'?: string }
  | { 'aria-label': string };

/** One of a few, in a field of several controls. What it means for the text is up to the field. */
export function Choice({
  naming,
  value,
  options,
  width,
  onChoose,
}: {
  naming: Naming;
  value: string;
  options: readonly (readonly [value: string, label: string])[];
  width: string;
  onChoose: (value: string) => void;
}) {
  const mayWrite = useMayWrite();
  return (
    <select
      {...naming}
      value={value}
      disabled={!mayWrite}
      onChange={(event) => onChoose(event.currentTarget.value)}
      className={`${CONTROL} ${width} pl-1.5!`}
    >
      {options.some(([each]) => each === value) ? null : <option value={value}>Not set</option>}
      {options.map(([each, label]) => (
        <option key={each} value={each}>
          {label}
        </option>
      ))}
    </select>
  );
}

/** A number as it is typed: what is none yet stands in the text as it is, and is told as wrong. */
export function Figure({
  naming,
  path,
  value,
  width,
  whole = false,
  required = false,
  placeholder,
}: {
  naming: Naming;
  path: Path;
  value: unknown;
  width: string;
  whole?: boolean;
  /** Stays in the text, empty, where it would else be taken out. */
  required?: boolean;
  placeholder?: string | undefined;
}) {
  const edit = useEdit();
  const mayWrite = useMayWrite();
  // "1." and "2e" are on the way to a number; the field keeps them as they are typed.
  const [typed, setTyped] = useState<string | null>(null);
  const shown = typed !== null && (numberOf(typed) ?? typed) === (value ?? '') ? typed : textOf(value);
  return (
    <input
      {...naming}
      type="text"
      inputMode={whole ? 'numeric' : 'decimal'}
      autoComplete="off"
      value={shown}
      placeholder={placeholder}
      readOnly={!mayWrite}
      onChange={(event) => {
        const text = plainText(event.currentTarget.value).trim();
        setTyped(text);
        edit(
          [
            text === '' && !required
              ? { op: 'remove', path }
              : { op: 'set', path, value: numberOf(text) ?? text },
          ],
          path.join('/'),
        );
      }}
      className={`${CONTROL} ${width}`}
    />
  );
}
