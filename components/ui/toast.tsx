'use client';

import { Toaster as Sonner } from 'sonner';

export { toast } from 'sonner';

/** Where short news appear; once, in the shell. */
export function Toaster() {
  return (
    <Sonner
      position="bottom-right"
      gap={8}
      // One above the other: those behind could neither be read nor closed.
      expand
      // Its own stylesheet would bring another font.
      style={{ fontFamily: 'inherit' }}
      toastOptions={{
        unstyled: true,
        classNames: {
          toast:
            'flex w-full items-center gap-3 rounded-lg border border-line bg-sheet px-3.5 py-2.5 text-base text-ink shadow-float',
          content: 'min-w-0 flex-1',
          title: 'font-medium',
          description: 'text-sm text-ink-2',
          error: 'border-critical/40',
          actionButton:
            'min-h-7 rounded-md border border-line-strong bg-sheet px-2.5 text-sm font-medium whitespace-nowrap',
          closeButton:
            'order-last grid size-6 flex-none place-items-center rounded-sm text-ink-3 hover:bg-sunk',
        },
      }}
    />
  );
}
