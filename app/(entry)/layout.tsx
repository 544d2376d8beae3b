import type { ReactNode } from 'react';
import { Brand } from '@/components/shell/brand';
import { ClockProvider } from '@/components/ui/clock';

/** What one sees before being signed in: one column, nothing to distract. */
export default function EntryLayout({ children }: { children: ReactNode }) {
  return (
    <ClockProvider zone="UTC" renderedAt={Date.now()}>
      <div className="mx-auto grid min-h-dvh w-full max-w-3xl content-start gap-8 px-4 py-8 md:py-16">
        <header>
          <Brand />
        </header>
        <main id="main">{children}</main>
      </div>
    </ClockProvider>
  );
}
