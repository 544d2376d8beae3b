'use client';

import { useId } from 'react';
import type { FieldOf } from '@/lib/contract/form-model';
import { useEdit, useMayWrite, useValue } from './editor-context';
import { CONTROL, FieldFrame, type FieldProps, useFrame } from './field-frame';
import { textOf } from './typed-text';

export function ChoiceField({ field, path }: FieldProps<FieldOf<'choice'>>) {
  const frame = useFrame({ field, path });
  const value = useValue(path);
  const edit = useEdit();
  const mayWrite = useMayWrite();
  const text = textOf(value);
  const known = field.options.find((option) => option.value === text);
  const fallback = field.options.find((option) => option.value === field.fallback);
  return (
    <FieldFrame
      field={known?.hint === undefined ? field : { ...field, hint: known.hint }}
      frame={
        known?.hint === undefined || field.hint !== undefined
          ? frame
          : { ...frame, aria: { ...frame.aria, 'aria-describedby': `${frame.id}-hint` } }
      }
    >
      <select
        id={frame.id}
        {...frame.aria}
        value={text}
        disabled={!mayWrite}
        onChange={(event) => {
          const { value: chosen } = event.currentTarget;
          edit([chosen === '' ? { op: 'remove', path } : { op: 'set', path, value: chosen }]);
        }}
        className={`${CONTROL} pl-1.5!`}
      >
        {field.required && text !== '' ? null : (
          <option value="">{fallback === undefined ? 'Not set' : `Not set: ${fallback.label}`}</option>
        )}
        {text === '' || known !== undefined ? null : <option value={text}>{text} (not known here)</option>}
        {field.options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </FieldFrame>
  );
}

/** Several of a few. */
export function ChoicesField({ field, path }: FieldProps<FieldOf<'choices'>>) {
  const frame = useFrame({ field, path });
  const value = useValue(path);
  const edit = useEdit();
  const mayWrite = useMayWrite();
  const id = useId();
  const written = Array.isArray(value) ? value.map(textOf) : undefined;
  const fallback: readonly string[] = Array.isArray(field.fallback) ? field.fallback.map(textOf) : [];
  const chosen = written ?? fallback;
  const unknown = chosen.filter((each) => field.options.every((option) => option.value !== each));

  function toggle(option: string) {
    if (written === undefined || fallback === chosen) {
      const next = chosen.includes(option) ? chosen.filter((each) => each !== option) : [...chosen, option];
      edit([{ op: 'set', path, value: inOrder(next) }]);
    } else if (written.includes(option)) edit([{ op: 'remove', path: [...path, written.indexOf(option)] }]);
    else edit([{ op: 'insert', path, index: written.length, value: option }]);
  }
  const inOrder = (list: readonly string[]) =>
    field.options.map((option) => option.value).filter((option) => list.includes(option));

  return (
    <FieldFrame
      field={field}
      frame={frame}
      label="legend"
      wide
      beside={
        written === undefined && fallback.length > 0 ? (
          <span className="text-xs text-ink-3">not written: these hold</span>
        ) : null
      }
    >
      <div className="flex flex-wrap gap-x-4 gap-y-1.5 py-1">
        {field.options.map((option) => (
          <label key={option.value} className="inline-flex items-center gap-1.5">
            <input
              type="checkbox"
              id={`${id}-${option.value}`}
              checked={chosen.includes(option.value)}
              disabled={!mayWrite}
              aria-invalid={frame.aria['aria-invalid']}
              onChange={() => toggle(option.value)}
              className="size-4 accent-(--accent)"
            />
            {option.label}
          </label>
        ))}
        {unknown.map((each) => (
          <label key={each} className="inline-flex items-center gap-1.5 text-critical">
            <input
              type="checkbox"
              checked
              disabled={!mayWrite}
              onChange={() => toggle(each)}
              className="size-4 accent-(--accent)"
            />
            {each} (not known here)
          </label>
        ))}
      </div>
    </FieldFrame>
  );
}

export function FlagField({ field, path }: FieldProps<FieldOf<'flag'>>) {
  const frame = useFrame({ field, path });
  const value = useValue(path);
  const edit = useEdit();
  const mayWrite = useMayWrite();
  return (
    <FieldFrame field={field} frame={frame}>
      <div className="py-1.5">
        <input
          id={frame.id}
          {...frame.aria}
          type="checkbox"
          checked={value === true}
          disabled={!mayWrite}
          onChange={(event) => {
            const on = event.currentTarget.checked;
            edit([on === field.fallback ? { op: 'remove', path } : { op: 'set', path, value: on }]);
          }}
          className="size-4 accent-(--accent)"
        />
      </div>
    </FieldFrame>
  );
}
