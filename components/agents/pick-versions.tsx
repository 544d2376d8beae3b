'use client';

import { useRouter } from 'next/navigation';
import { useId, useTransition } from 'react';
import { Button } from '@/components/ui/button';

/** Picks which two versions are compared; the address follows. */
export function PickVersions({
  path,
  options,
  a,
  b,
}: {
  path: string;
  options: readonly { id: string; label: string }[];
  a: string;
  b: string;
}) {
  const router = useRouter();
  const [pending, start] = useTransition();
  const id = useId();
  const go = (next: { a: string; b: string }) =>
    start(() => router.push(`${path}?a=${encodeURIComponent(next.a)}&b=${encodeURIComponent(next.b)}`));
  const select = (name: 'a' | 'b', label: string, value: string) => (
    <label htmlFor={`${id}${name}`} className="flex min-w-0 items-center gap-2 text-sm text-ink-2">
      {label}
      <select
        id={`${id}${name}`}
        value={value}
        onChange={(event) => go({ a, b, [name]: event.currentTarget.value })}
        className="min-h-8 max-w-64 min-w-0 rounded-md border border-line-strong bg-sheet px-2 text-base text-ink"
      >
        {options.map((option) => (
          <option key={option.id} value={option.id}>
            {option.label}
          </option>
        ))}
      </select>
    </label>
  );
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2 pb-4" aria-busy={pending}>
      {select('b', 'Version', b)}
      {select('a', 'against', a)}
      <Button size="small" onClick={() => go({ a: b, b: a })}>
        Swap
      </Button>
    </div>
  );
}
