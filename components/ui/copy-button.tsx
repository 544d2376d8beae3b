'use client';

import { useEffect, useRef, useState } from 'react';

/** Copies `value`; says so for a moment, to screen readers too. `labelled` shows the word beside the mark. */
export function CopyButton({
  value,
  what,
  labelled = false,
}: {
  value: string;
  what: string;
  labelled?: boolean;
}) {
  const [state, setState] = useState<'idle' | 'copied' | 'failed'>('idle');
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);

  async function copy() {
    try {
      await navigator.clipboard.writeText(value);
      setState('copied');
    } catch {
      // Refused by the browser (no permission, or not a secure origin).
      setState('failed');
    }
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setState('idle'), 1600);
  }

  const word = state === 'copied' ? 'Copied' : state === 'failed' ? 'Select and copy it yourself' : 'Copy';
  return (
    <button
      type="button"
      onClick={copy}
      aria-label={`Copy ${what}`}
      title={`Copy ${what}`}
      className={
        labelled
          ? 'inline-flex min-h-7 items-center gap-1.5 rounded-md border border-line-strong bg-sheet px-2.5 py-1 text-sm font-medium hover:bg-sunk'
          : 'relative inline-grid size-6 place-items-center rounded-sm text-ink-3 hover:bg-sunk hover:text-ink'
      }
    >
      <svg
        viewBox="0 0 16 16"
        className="size-3.5"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.4"
        aria-hidden="true"
      >
        {state === 'copied' ? (
          <path d="M3 8.5l3 3 7-7.5" />
        ) : (
          <>
            <rect x="5.5" y="5.5" width="8" height="8" rx="1.5" />
            <path d="M10.5 5.5v-1A1.5 1.5 0 0 0 9 3H4.5A1.5 1.5 0 0 0 3 4.5V9a1.5 1.5 0 0 0 1.5 1.5h1" />
          </>
        )}
      </svg>
      {labelled ? <span aria-hidden="true">{word}</span> : null}
      <span role="status" className="sr-only">
        {state === 'idle' ? '' : word}
      </span>
    </button>
  );
}
