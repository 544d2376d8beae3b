import Link from 'next/link';
import type { ReactNode } from 'react';
import { Strip } from './strip';

/** Tabs are links: the URL holds which one is open, and the back button works. */
export function Tabs({
  label,
  tabs,
  current,
}: {
  label: string;
  tabs: readonly { id: string; label: ReactNode; href: string }[];
  current: string;
}) {
  return (
    <Strip label={label} className="mb-5 gap-5 border-b border-line text-ink-2">
      {tabs.map((tab) => (
        <Link
          key={tab.id}
          href={tab.href}
          aria-current={tab.id === current ? 'page' : undefined}
          className="border-b-2 border-transparent py-2 whitespace-nowrap hover:text-ink focus-visible:-outline-offset-2 aria-[current]:border-ink aria-[current]:font-medium aria-[current]:text-ink"
        >
          {tab.label}
        </Link>
      ))}
    </Strip>
  );
}
