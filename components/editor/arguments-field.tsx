'use client';

import { useEffect, useRef, useState } from 'react';
import type { FieldOf } from '@/lib/contract/form-model';
import { useDraft, useEdit, useMayWrite, useValue } from './editor-context';
import { CONTROL, FieldFrame, type FieldProps, IssueLine, useFrame } from './field-frame';

/** Texts that do not read yet, by place: they outlive the row they stand in being closed. */
const unread = new Map<string, string>();

/** A tool's argument schema, as a small YAML of its own. */
export function ArgumentsField({ field, path }: FieldProps<FieldOf<'arguments'>>) {
  const frame = useFrame({ field, path });
  const edit = useEdit();
  const mayWrite = useMayWrite();
  const value = useValue(path);
  const place = path.join('/');
  const [text, setText] = useState(unread.get(place) ?? '');
  const [wrong, setWrong] = useState<string>();
  const mine = useRef<unknown>(undefined);
  const deeper = useDraft((view) =>
    view.reading.issues.find((issue) => issue.path.startsWith(`${frame.clause}/`)),
  );

  // The library that writes YAML comes with the first schema that is looked at.
  useEffect(() => {
    if (mine.current === value && value !== undefined) return;
    let gone = false;
    if (unread.has(place)) return;
    void import('yaml').then(({ stringify }) => {
      if (!gone)
        setText(value === undefined ? '' : stringify(value, { lineWidth: 0, aliasDuplicateObjects: false }));
    });
    return () => {
      gone = true;
    };
  }, [value, place]);

  async function change(next: string) {
    setText(next);
    unread.set(place, next);
    const { parseDocument } = await import('yaml');
    const document = parseDocument(next, { prettyErrors: false });
    const [error] = document.errors;
    if (error !== undefined) {
      setWrong(`This does not read as YAML or JSON: ${error.message}`);
      return;
    }
    setWrong(undefined);
    unread.delete(place);
    const read: unknown = document.toJS({ maxAliasCount: 0 });
    mine.current = read;
    edit([read === null ? { op: 'remove', path } : { op: 'set', path, value: read }], place);
  }

  return (
    <FieldFrame field={field} frame={frame} wide>
      <textarea
        id={frame.id}
        {...frame.aria}
        aria-invalid={wrong !== undefined || frame.aria['aria-invalid']}
        rows={Math.min(16, Math.max(3, text.split('\n').length))}
        value={text}
        readOnly={!mayWrite}
        spellCheck={false}
        placeholder={'type: object\nproperties:\n  amount: { type: number }'}
        onChange={(event) => void change(event.currentTarget.value.replaceAll('\u00a0', ' '))}
        className={`${CONTROL} code leading-[18px]`}
      />
      {wrong === undefined ? null : <p className="text-sm text-critical">{wrong}</p>}
      {deeper === undefined ? null : (
        <IssueLine
          issue={{ ...deeper, message: `${deeper.path.slice(frame.clause.length + 1)}: ${deeper.message}` }}
        />
      )}
    </FieldFrame>
  );
}
