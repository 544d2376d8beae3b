'use client';

import { useRef, useState } from 'react';
import type { FieldOf } from '@/lib/contract/form-model';
import { useEdit, useEditor, useMayWrite, useValue } from './editor-context';
import { CONTROL, FieldFrame, type FieldProps, type Framed, useFrame } from './field-frame';
import { offersOf } from './suggestions';
import { plainText, textOf } from './typed-text';

/** A list of words or names: each a chip with a button to take it away, and a place to write the next. */
export function WordsField({ field, path }: FieldProps<FieldOf<'words'>>) {
  const frame = useFrame({ field, path });
  return (
    <FieldFrame field={field} frame={frame} wide={field.source === 'tool' || field.source === 'person'}>
      <Chips frame={frame} path={path} source={field.source} label={field.label} />
    </FieldFrame>
  );
}

function Chips({
  frame,
  path,
  source,
  label,
}: {
  frame: Framed;
  path: FieldProps['path'];
  source: FieldOf<'words'>['source'];
  label: string;
}) {
  const value = useValue(path);
  const edit = useEdit();
  const mayWrite = useMayWrite();
  const { people } = useEditor();
  const [typed, setTyped] = useState('');
  const input = useRef<HTMLInputElement>(null);
  const words = Array.isArray(value) ? value.map(textOf) : [];
  const offers = offersOf(source);

  function add(text: string) {
    // A pasted list comes in at once.
    const wanted = text
      .split(/[,;\n\t]/)
      .map((each) => each.trim())
      .filter((each, index, all) => each !== '' && !words.includes(each) && all.indexOf(each) === index);
    setTyped('');
    if (wanted.length === 0) return;
    if (words.length === 0) edit([{ op: 'set', path, value: wanted }]);
    else
      edit(wanted.map((each, index) => ({ op: 'insert', path, index: words.length + index, value: each })));
  }
  function remove(index: number) {
    edit([{ op: 'remove', path: [...path, index] }]);
    input.current?.focus();
  }

  return (
    <div
      className={`${CONTROL} flex flex-wrap items-center gap-1 px-1.5! py-1! ${frame.aria['aria-invalid'] ? 'border-critical' : ''}`}
    >
      {words.map((word, index) => {
        const name =
          source === 'person' ? people.find((each) => each.email === word.toLowerCase())?.name : undefined;
        return (
          <span
            key={word}
            className={`inline-flex min-w-0 items-center gap-0.5 rounded-sm border border-line bg-sunk pl-1.5 ${source === 'tool' || source === 'category' ? 'code' : 'text-sm'}`}
          >
            <bdi className="min-w-0 [overflow-wrap:anywhere]">{name ?? word}</bdi>
            {mayWrite ? (
              <button
                type="button"
                aria-label={`Remove ${name ?? word}`}
                onClick={() => remove(index)}
                className="grid size-6 flex-none place-items-center rounded-sm text-ink-3 hover:text-ink focus-visible:-outline-offset-2"
              >
                <svg
                  viewBox="0 0 12 12"
                  className="size-3"
                  fill="none"
                  stroke="currentColor"
                  strokeWidth="1.5"
                  aria-hidden="true"
                >
                  <path d="M3 3l6 6m0-6l-6 6" />
                </svg>
              </button>
            ) : null}
          </span>
        );
      })}
      {mayWrite ? (
        <input
          ref={input}
          id={frame.id}
          {...frame.aria}
          type="text"
          dir="auto"
          autoComplete="off"
          {...(offers === undefined ? {} : { list: offers })}
          value={typed}
          placeholder={words.length === 0 ? 'Write one, press Enter' : ''}
          onChange={(event) => {
            const text = plainText(event.currentTarget.value);
            // Picking from the list gives the whole of it at once.
            const picked =
              event.nativeEvent instanceof InputEvent &&
              event.nativeEvent.inputType === 'insertReplacementText';
            if (picked || /[,;\n\t]/.test(text)) add(text);
            else setTyped(text);
          }}
          onPaste={(event) => {
            const text = event.clipboardData.getData('text/plain');
            if (!/[,;\n\t]/.test(text)) return;
            event.preventDefault();
            add(plainText(text));
          }}
          onBlur={() => add(typed)}
          onKeyDown={(event) => {
            if (event.key === 'Enter') {
              event.preventDefault();
              add(typed);
            } else if (event.key === 'Backspace' && typed === '' && words.length > 0)
              remove(words.length - 1);
          }}
          className="min-w-24 flex-1 bg-transparent px-1 py-0.5 outline-none"
        />
      ) : words.length === 0 ? (
        <span className="px-1 py-0.5 text-ink-3">None</span>
      ) : null}
      <span className="sr-only" role="status">
        {label}: {words.length}
      </span>
    </div>
  );
}
