import * as Popover from '@radix-ui/react-popover';
import type { ReactNode } from 'react';

/** What opens a way to narrow a list, coloured while it narrows. Stands in a `Popover.Root`. */
export function FacetTrigger({ on, children }: { on: boolean; children: ReactNode }) {
  return (
    <Popover.Trigger
      className={`inline-flex min-h-7 max-w-64 items-center gap-1.5 rounded-md border px-2.5 py-1 text-sm whitespace-nowrap ${
        on
          ? 'border-accent/40 bg-accent-soft text-accent'
          : 'border-line-strong bg-sheet text-ink hover:bg-sunk'
      }`}
    >
      <span className="truncate">{children}</span>
      <svg
        viewBox="0 0 10 10"
        className="size-2.5 flex-none"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.4"
        aria-hidden="true"
      >
        <path d="M2 3.5l3 3 3-3" />
      </svg>
    </Popover.Trigger>
  );
}
