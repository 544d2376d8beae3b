'use client';

import { type KeyboardEvent, type ReactNode, useId, useRef, useState } from 'react';
import { Button } from '@/components/ui/button';
import type { ThreadList } from '@/lib/services/comments/list-threads';

type People = ThreadList['people'];

const MOST = 4000;
const MOST_SHOWN = 6;

/**
 * A place to write a comment. Typing @ offers the people who can read it: arrows choose, Enter or Tab takes, Escape leaves.
 * Ctrl-Enter (Cmd-Enter) sends. What was written stays until it was accepted.
 */
export function Composer({
  label,
  people,
  initial = '',
  send,
  sendLabel,
  onCancel,
  extra,
}: {
  /** What the field is, for those who don't see it. */
  label: string;
  people: People;
  initial?: string;
  /** Answers what went wrong, or null. */
  send: (body: string) => Promise<string | null>;
  sendLabel: ReactNode;
  onCancel: () => void;
  extra?: ReactNode;
}) {
  const id = useId();
  const area = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState(initial);
  const [fault, setFault] = useState<string | null>(null);
  const [pending, setPending] = useState(false);
  const [asked, setAsked] = useState<{ from: number; to: number; letters: string } | null>(null);
  const [at, setAt] = useState(0);

  const offered = asked === null ? [] : fitting(people, asked.letters).slice(0, MOST_SHOWN);
  const chosen = Math.min(at, offered.length - 1);

  function look(element: HTMLTextAreaElement) {
    const to = element.selectionStart;
    const match = /(?:^|[\s([{"'“‘,;:])@([^\n@]{0,40})$/.exec(element.value.slice(0, to));
    const letters = match?.[1];
    setAsked(letters === undefined ? null : { from: to - letters.length, to, letters });
    setAt(0);
  }

  function take(name: string) {
    const element = area.current;
    if (asked === null || element === null) return;
    const after = `${text.slice(0, asked.from)}${name} ${text.slice(asked.to)}`;
    setText(after);
    setAsked(null);
    const caret = asked.from + name.length + 1;
    requestAnimationFrame(() => {
      element.focus();
      element.setSelectionRange(caret, caret);
    });
  }

  async function submit() {
    if (pending) return;
    setPending(true);
    const wrong = await send(text);
    setPending(false);
    setFault(wrong);
    if (wrong === null) setText('');
    else area.current?.focus();
  }

  function onKeyDown(event: KeyboardEvent<HTMLTextAreaElement>) {
    const person = offered[chosen];
    if (asked !== null && person !== undefined) {
      if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
        event.preventDefault();
        setAt((chosen + (event.key === 'ArrowDown' ? 1 : offered.length - 1)) % offered.length);
        return;
      }
      if ((event.key === 'Enter' && !event.ctrlKey && !event.metaKey) || event.key === 'Tab') {
        event.preventDefault();
        take(person.name);
        return;
      }
    }
    if (event.key === 'Escape') {
      event.preventDefault();
      event.stopPropagation();
      if (asked !== null && offered.length > 0) setAsked(null);
      else if (text === initial) onCancel();
    } else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      void submit();
    }
  }

  return (
    <div className="grid gap-1.5 text-sm">
      <div className="relative">
        <textarea
          ref={area}
          aria-label={label}
          aria-autocomplete="list"
          aria-controls={offered.length > 0 ? `${id}-people` : undefined}
          aria-activedescendant={offered.length > 0 ? `${id}-${chosen}` : undefined}
          aria-invalid={fault !== null}
          aria-describedby={fault === null ? `${id}-hint` : `${id}-fault`}
          // biome-ignore lint/a11y/noAutofocus: it opens because somebody pressed "Comment", "Reply" or "Edit"
          autoFocus
          rows={Math.min(12, Math.max(2, text.split('\n').length))}
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            look(event.target);
          }}
          onKeyDown={onKeyDown}
          onClick={(event) => look(event.currentTarget)}
          onBlur={() => setAsked(null)}
          className="block w-full rounded-md border border-line-strong bg-sheet px-2.5 py-1.5 text-base text-ink aria-[invalid=true]:border-critical"
        />
        {offered.length === 0 ? null : (
          <div
            id={`${id}-people`}
            role="listbox"
            aria-label="People"
            className="absolute top-full left-0 z-30 mt-1 w-80 max-w-full overflow-hidden rounded-lg border border-line bg-sheet p-1 shadow-float"
          >
            {offered.map((person, index) => (
              <div
                key={person.id}
                id={`${id}-${index}`}
                role="option"
                tabIndex={-1}
                aria-selected={index === chosen}
                // The field must keep the focus: `mousedown` comes before the blur.
                onMouseDown={(event) => {
                  event.preventDefault();
                  take(person.name);
                }}
                className="flex min-h-8 cursor-pointer items-center justify-between gap-3 rounded-md px-2 aria-selected:bg-sunk"
              >
                <span className="max-w-[75%] flex-none truncate">{person.name}</span>
                <span className="min-w-0 truncate text-xs text-ink-2">{person.jobTitle}</span>
              </div>
            ))}
          </div>
        )}
      </div>
      <p role="status" className="sr-only">
        {asked !== null && offered.length > 0
          ? `${offered.length} ${offered.length === 1 ? 'person' : 'people'} to name; arrows choose, Enter takes.`
          : ''}
      </p>
      {fault === null ? null : (
        <p id={`${id}-fault`} role="alert" className="text-critical">
          {fault}
        </p>
      )}
      <div className="flex flex-wrap items-center gap-2">
        <Button size="small" variant="primary" pending={pending} onClick={() => void submit()}>
          {sendLabel}
        </Button>
        <Button size="small" onClick={onCancel}>
          Cancel
        </Button>
        {extra}
        <span id={`${id}-hint`} className="text-xs text-ink-2">
          {text.length > MOST - 500 ? `${text.length} of ${MOST} characters` : '@ names somebody'}
        </span>
      </div>
    </div>
  );
}

/** By the beginning of any word of the name; those whose first name fits come first. */
function fitting(people: People, letters: string): People {
  const wanted = letters.toLowerCase();
  const fits = people.filter(
    ({ name }) =>
      name.toLowerCase().startsWith(wanted) ||
      name
        .toLowerCase()
        .split(/\s+/)
        .some((word) => word.startsWith(wanted)),
  );
  // Once the whole name stands there, it is written.
  if (fits.length === 1 && fits[0]?.name.toLowerCase() === wanted.trim()) return [];
  return fits.toSorted(
    (a, b) =>
      Number(b.name.toLowerCase().startsWith(wanted)) - Number(a.name.toLowerCase().startsWith(wanted)),
  );
}
