'use client';

import type { ReactNode } from 'react';
import { Button } from './button';
import { Callout } from './callout';
import { CopyButton } from './copy-button';

/** Something shown this once: what it is, the text itself to copy, what it is for, and the way on. */
export function Reveal({
  title,
  value,
  what,
  done = 'Done, I have it',
  onDone,
  children,
}: {
  title: string;
  value: string;
  what: string;
  done?: string;
  onDone: () => void;
  children?: ReactNode;
}) {
  return (
    <div className="grid gap-3">
      <Callout tone="medium" title={title}>
        It is shown this once and cannot be looked up later.
      </Callout>
      <div className="flex items-center justify-between gap-3 rounded-md border border-line bg-sunk py-2 pr-2 pl-3">
        <code className="code min-w-0 break-all">{value}</code>
        <CopyButton value={value} what={what} labelled />
      </div>
      {children}
      <div className="flex justify-end">
        <Button variant="primary" onClick={onDone}>
          {done}
        </Button>
      </div>
    </div>
  );
}

/** Lines to paste into a terminal or file. */
export function Snippet({ title, text }: { title: string; text: string }) {
  return (
    <figure className="grid gap-1">
      <figcaption className="flex items-center justify-between gap-3 text-sm font-medium">
        {title}
        <CopyButton value={text} what={title} />
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <pre tabIndex={0} className="code overflow-x-auto rounded-md bg-sunk px-3 py-2 leading-[18px]">
        {text}
      </pre>
    </figure>
  );
}
