'use client';

import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { Strip } from '@/components/ui/strip';
import { formatCount } from '@/lib/format';
import type { Shell } from '@/lib/services/workspaces/get-shell';
import { AccountMenu } from './account-menu';
import { Brand } from './brand';
import { DemoPeople, type DemoPerson } from './demo-people';
import { useLive } from './live';
import { OpenPalette } from './palette';
import { isAt, PLACES } from './places';
import { useShell } from './use-shell';
import type { Who } from './who';

/** On a desk a column at the left; on a phone a bar that scrolls sideways. */
export function Rail({
  initial,
  who,
  demoPeople,
}: {
  initial: Shell;
  who: Who;
  demoPeople: readonly DemoPerson[];
}) {
  const path = usePathname();
  const shell = useShell(initial);

  const counts: Record<string, { value: number; urgent: boolean; word?: string }> = {
    '/inbox': { value: shell.waiting, urgent: true, word: 'waiting for you' },
    '/agents': { value: shell.agents, urgent: false },
    '/incidents': { value: shell.openIncidents, urgent: true },
    '/review': { value: shell.waitingReviews, urgent: false },
  };
  return (
    <header className="z-30 flex print:hidden min-w-0 items-center border-b border-line md:sticky md:top-0 md:h-dvh md:flex-col md:items-stretch md:overflow-y-auto md:border-r md:border-b-0 md:p-3">
      <Link
        href="/"
        className="hidden rounded-md px-2 pt-1 pb-3.5 text-ink no-underline md:block"
        aria-label="Countersign, overview"
      >
        <Brand />
      </Link>
      <div className="hidden md:block">
        <OpenPalette />
      </div>
      <Strip
        label="Main"
        className="min-w-0 flex-1 gap-0.5 px-3 py-2 md:flex-none md:flex-col md:overflow-visible md:p-0"
      >
        <Link href="/" className="flex-none px-2 py-1.5 md:hidden" aria-label="Countersign, overview">
          <Brand mark />
        </Link>
        {PLACES.map((place) => {
          const count = counts[place.href];
          return (
            <Link
              key={place.href}
              href={place.href}
              aria-current={isAt(path, place.href) ? 'page' : undefined}
              className="flex flex-none items-center justify-between gap-1.5 rounded-md px-2 py-1.5 text-ink-2 hover:text-ink focus-visible:-outline-offset-2 aria-[current]:bg-sunk aria-[current]:font-medium aria-[current]:text-ink"
            >
              {place.label}
              {count === undefined || count.value === 0 ? null : (
                <span className={`font-normal ${count.urgent ? 'text-critical' : 'text-ink-3'}`}>
                  {formatCount(count.value)}
                  {count.urgent ? <span className="sr-only"> {count.word ?? 'open'}</span> : null}
                </span>
              )}
            </Link>
          );
        })}
      </Strip>
      <div className="flex flex-none items-center gap-1 pr-3 md:mt-auto md:block md:pt-4 md:pr-0">
        <LiveMark />
        <div className="md:hidden">
          <OpenPalette compact />
        </div>
        {who.isDemo ? (
          <div className="hidden md:block">
            <DemoPeople people={demoPeople} current={who.personId} />
          </div>
        ) : null}
        <AccountMenu who={who} unread={shell.unread} demoPeople={demoPeople} />
      </div>
    </header>
  );
}

/** Silent while all is well; says so when news have stopped coming. */
function LiveMark() {
  const state = useLive();
  return (
    <p role="status" className="px-2 text-xs text-medium empty:hidden md:pb-2">
      {state === 'away' ? 'Live updates are interrupted; reconnecting.' : ''}
    </p>
  );
}
