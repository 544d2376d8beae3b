'use client';

import * as Radix from '@radix-ui/react-tooltip';
import type { ReactNode } from 'react';

/** A few words on hover and focus about a single focusable element. Never holds what one needs to know. */
export function Tooltip({ content, children }: { content: ReactNode; children: ReactNode }) {
  return (
    <Radix.Root delayDuration={300}>
      <Radix.Trigger asChild>{children}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          sideOffset={4}
          collisionPadding={8}
          className="z-50 max-w-80 animate-fade-in rounded-md border border-line bg-sheet px-2 py-1 text-xs text-ink shadow-float"
        >
          {content}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

export const TooltipProvider = Radix.Provider;
