'use client';

import { useEffect, useState } from 'react';

export interface RailEntry {
  /** The anchor. */
  id: string;
  label: string;
  /** Clauses of it that open incidents broke. */
  broken: number;
}

/** The way through the document; marks the section one is reading. On a phone it is a line that scrolls sideways. */
export function SectionRail({ entries }: { entries: readonly RailEntry[] }) {
  const [current, setCurrent] = useState(entries[0]?.id);

  useEffect(() => {
    let frame = 0;
    const find = () => {
      frame = 0;
      // The last heading that has come up to where an anchor stops; at the end of the page, the last one.
      const line = 160;
      let reading = entries[0]?.id;
      for (const entry of entries) {
        const top = document.getElementById(entry.id)?.getBoundingClientRect().top;
        if (top !== undefined && top <= line) reading = entry.id;
      }
      const end = window.innerHeight + window.scrollY >= document.documentElement.scrollHeight - 2;
      setCurrent(end && window.scrollY > 0 ? entries.at(-1)?.id : reading);
    };
    const onScroll = () => {
      if (frame === 0) frame = requestAnimationFrame(find);
    };
    find();
    window.addEventListener('scroll', onScroll, { passive: true });
    window.addEventListener('resize', onScroll);
    return () => {
      cancelAnimationFrame(frame);
      window.removeEventListener('scroll', onScroll);
      window.removeEventListener('resize', onScroll);
    };
  }, [entries]);

  return (
    <nav
      aria-label="Sections"
      className="relative flex gap-3.5 overflow-x-auto pb-1 text-sm whitespace-nowrap md:sticky md:top-5 md:max-h-[calc(100dvh-40px)] md:flex-col md:gap-0.5 md:self-start md:overflow-y-auto"
    >
      {entries.map((entry) => (
        <a
          key={entry.id}
          href={`#${entry.id}`}
          aria-current={entry.id === current ? 'true' : undefined}
          className="inline-flex items-center gap-1.5 py-[3px] text-ink-2 hover:text-ink focus-visible:-outline-offset-2 aria-[current]:font-semibold aria-[current]:text-ink"
        >
          {entry.label}
          {entry.broken === 0 ? null : (
            <span className="size-2 flex-none rounded-full bg-critical">
              <span className="sr-only">, has a broken clause</span>
            </span>
          )}
        </a>
      ))}
    </nav>
  );
}
