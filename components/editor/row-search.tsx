'use client';

import { formatCount } from '@/lib/format';

/** Lists as long as this have a search. */
export const SEARCH_FROM = 9;

export function Search({
  query,
  onQuery,
  label,
  found,
}: {
  query: string;
  onQuery: (query: string) => void;
  label: string;
  found: number;
}) {
  return (
    <div className="flex items-center gap-3 py-1">
      <input
        type="search"
        aria-label={label}
        placeholder="Search"
        value={query}
        onChange={(event) => onQuery(event.currentTarget.value)}
        className="w-full max-w-72 rounded-md border border-line-strong bg-sheet px-2.5 py-1 text-base"
      />
      <span role="status" className="text-sm text-ink-2">
        {query.trim() === '' ? '' : `${formatCount(found)} found`}
      </span>
    </div>
  );
}
