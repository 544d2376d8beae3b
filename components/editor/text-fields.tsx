'use client';

import type { Path } from '@/lib/contract/edit-value';
import type { FieldOf } from '@/lib/contract/form-model';
import { useEdit, useEditor, useMayWrite, useValue } from './editor-context';
import { CONTROL, FieldFrame, type FieldProps, useFrame } from './field-frame';
import { Figure } from './part-controls';
import { offersOf } from './suggestions';
import { plainText, textOf } from './typed-text';

/** Writes a value, or takes it away when nothing is left of it. */
function useSet(path: Path): (value: unknown) => void {
  const edit = useEdit();
  const tag = path.join('/');
  return (value) => edit([value === '' ? { op: 'remove', path } : { op: 'set', path, value }], tag);
}

export function TextField({ field, path }: FieldProps<FieldOf<'text'>>) {
  const frame = useFrame({ field, path });
  const value = useValue(path);
  const set = useSet(path);
  const mayWrite = useMayWrite();
  const offers = offersOf(field.source);
  const { people } = useEditor();
  const text = textOf(value);
  const person =
    field.source === 'person' ? people.find((each) => each.email === text.toLowerCase()) : undefined;
  const common = {
    id: frame.id,
    ...frame.aria,
    dir: 'auto' as const,
    value: text,
    readOnly: !mayWrite,
    className: `${CONTROL} ${field.code ? 'code' : ''}`,
  };
  return (
    <FieldFrame
      field={field}
      frame={frame}
      wide={field.long}
      beside={person === undefined ? null : <span className="text-xs text-ink-2">{person.name}</span>}
    >
      {field.long ? (
        <textarea
          {...common}
          rows={Math.min(8, Math.max(1, Math.ceil(text.length / 90), text.split('\n').length))}
          onChange={(event) => set(plainText(event.currentTarget.value))}
        />
      ) : (
        <input
          {...common}
          type="text"
          autoComplete="off"
          spellCheck={field.source === 'text' && !field.code}
          {...(offers === undefined ? {} : { list: offers })}
          onChange={(event) => set(plainText(event.currentTarget.value))}
        />
      )}
    </FieldFrame>
  );
}

export function NumberField({ field, path }: FieldProps<FieldOf<'number'>>) {
  const frame = useFrame({ field, path });
  const value = useValue(path);
  return (
    <FieldFrame field={field} frame={frame}>
      <Measured unit={field.unit}>
        <Figure
          naming={{ id: frame.id, ...frame.aria }}
          path={path}
          value={value}
          width="max-w-40"
          whole={field.whole}
          placeholder={field.fallback === undefined ? undefined : textOf(field.fallback)}
        />
      </Measured>
    </FieldFrame>
  );
}

/** A control with its unit behind it. */
export function Measured({ unit, children }: { unit: string | undefined; children: React.ReactNode }) {
  return (
    <div className="flex items-center gap-2">
      {children}
      {unit === undefined ? null : <span className="flex-none text-sm text-ink-2">{unit}</span>}
    </div>
  );
}

export function DayField({ field, path }: FieldProps<FieldOf<'day'>>) {
  const frame = useFrame({ field, path });
  const value = useValue(path);
  const set = useSet(path);
  const mayWrite = useMayWrite();
  const text = textOf(value);
  // What is no day is shown as it stands, to be mended.
  const isDay = text === '' || /^\d{4}-\d{2}-\d{2}$/.test(text);
  return (
    <FieldFrame field={field} frame={frame}>
      <input
        id={frame.id}
        {...frame.aria}
        type={isDay ? 'date' : 'text'}
        value={text}
        readOnly={!mayWrite}
        onChange={(event) => set(event.currentTarget.value)}
        className={`${CONTROL} max-w-44`}
      />
    </FieldFrame>
  );
}
