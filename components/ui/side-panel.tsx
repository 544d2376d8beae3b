'use client';

import * as Radix from '@radix-ui/react-dialog';
import type { ReactNode } from 'react';

/**
 * A closer look at one row, at the side, while the list stays in use: clicks and keys go on working beside it.
 * Escape closes it. On a phone it takes the width.
 */
export function SidePanel({
  open,
  onClose,
  title,
  label,
  children,
}: {
  open: boolean;
  onClose: () => void;
  title: ReactNode;
  /** What the panel is, for those who don't see it. */
  label: string;
  children: ReactNode;
}) {
  return (
    <Radix.Root open={open} onOpenChange={(next) => (next ? undefined : onClose())} modal={false}>
      <Radix.Portal>
        <Radix.Content
          aria-describedby={undefined}
          aria-label={label}
          // The reader goes on in the list: the panel neither takes the focus nor closes by a click beside it.
          onOpenAutoFocus={(event) => event.preventDefault()}
          onCloseAutoFocus={(event) => event.preventDefault()}
          onInteractOutside={(event) => event.preventDefault()}
          className="fixed inset-y-0 right-0 z-30 flex w-full max-w-[460px] animate-rise-in flex-col border-l border-line bg-sheet shadow-float"
        >
          <header className="flex items-start justify-between gap-3 border-b border-line px-4 py-3">
            <Radix.Title className="min-w-0 text-lg font-semibold break-words">{title}</Radix.Title>
            <Radix.Close
              className="grid size-8 flex-none place-items-center rounded-md text-ink-3 hover:bg-sunk hover:text-ink"
              aria-label="Close"
            >
              <svg
                viewBox="0 0 16 16"
                className="size-4"
                fill="none"
                stroke="currentColor"
                strokeWidth="1.5"
                aria-hidden="true"
              >
                <path d="M3.5 3.5l9 9m0-9l-9 9" />
              </svg>
            </Radix.Close>
          </header>
          <div className="min-h-0 flex-1 overflow-y-auto">{children}</div>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
