import Link from 'next/link';

/** Chooses how many days a page looks back on; the choice stands in the address. */
export function WindowNav({
  label,
  windows,
  current,
  hrefOf,
}: {
  label: string;
  windows: readonly number[];
  current: number;
  hrefOf: (days: number) => string;
}) {
  return (
    <nav aria-label={label} className="flex overflow-hidden rounded-md border border-line-strong">
      {windows.map((window) => (
        <Link
          key={window}
          href={hrefOf(window)}
          scroll={false}
          aria-current={window === current ? 'true' : undefined}
          className="border-l border-line px-3 py-1 whitespace-nowrap text-ink-2 first:border-l-0 hover:bg-sunk focus-visible:-outline-offset-2 aria-[current]:bg-sunk aria-[current]:font-medium aria-[current]:text-ink"
        >
          {window} days
        </Link>
      ))}
    </nav>
  );
}
