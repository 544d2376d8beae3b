'use client';

import { startTransition, useEffect, useState } from 'react';
import { Toaster as Sonner, toast as show } from 'sonner';

type Message = Parameters<typeof show>[0];
type Options = Parameters<typeof show>[1];

let tell: ((message: Message) => void) | null = null;

/**
 * Short news. A plain message is shown together with the page that it speaks of: not before what an action changed is on
 * screen. With options (a link, a longer stay) it is shown at once.
 */
export function toast(message: Message, options?: Options): void {
  if (options !== undefined || tell === null) show(message, options);
  else tell(message);
}
toast.error = (message: Message, options?: Options): void => {
  show.error(message, options);
};

/** Where short news appear; once, in the shell. */
export function Toaster() {
  const [waiting, setWaiting] = useState<readonly { message: Message }[]>([]);
  useEffect(() => {
    tell = (message) => {
      // A transition that begins while an action is under way ends with it, when the page is new.
      startTransition(() => setWaiting((before) => [...before, { message }]));
    };
    return () => {
      tell = null;
    };
  }, []);
  useEffect(() => {
    if (waiting.length === 0) return;
    for (const { message } of waiting) show(message);
    setWaiting((now) => now.filter((each) => !waiting.includes(each)));
  }, [waiting]);
  return (
    <Sonner
      position="bottom-right"
      // Above the bar of actions that a phone's page may end with.
      mobileOffset={{ bottom: 72 }}
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
