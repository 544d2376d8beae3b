/** A grey place where text will stand; give it the width and height of what comes. */
export function Skeleton({ className = 'h-4 w-32' }: { className?: string }) {
  return <span aria-hidden="true" className={`block animate-pulse rounded-sm bg-sunk ${className}`} />;
}

/** The shape of a list page while it loads: title, facts, and a table of 36 px rows. */
export function ListSkeleton({ rows = 10 }: { rows?: number }) {
  return (
    <div role="status">
      <span className="sr-only">Loading</span>
      <Skeleton className="h-7 w-56" />
      <Skeleton className="mt-2 mb-[18px] h-5 w-80 max-w-full" />
      <div className="overflow-hidden rounded-lg border border-line bg-sheet">
        {Array.from({ length: rows + 1 }, (_, row) => `row-${row}`).map((key) => (
          <div key={key} className="flex h-9 items-center gap-6 border-b border-line px-3.5 last:border-b-0">
            <Skeleton className="h-3 w-40" />
            <Skeleton className="h-3 w-20" />
            <Skeleton className="hidden h-3 w-24 md:block" />
            <Skeleton className="ml-auto h-3 w-16" />
          </div>
        ))}
      </div>
    </div>
  );
}
