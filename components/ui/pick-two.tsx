'use client';

import { useRouter } from 'next/navigation';
import { useId, useTransition } from 'react';
import { Button } from './button';

/** Picks which of two things are put beside each other; the address follows. */
export function PickTwo({
  options,
  labels,
  chosen,
  hrefOf,
}: {
  options: readonly { id: string; label: string }[];
  labels: readonly [string, string];
  chosen: readonly [string, string];
  hrefOf: (first: string, second: string) => string;
}) {
  const router = useRouter();
  const [pending, start] = useTransition();
  const id = useId();
  const [first, second] = chosen;
  const go = (one: string, other: string) => start(() => router.push(hrefOf(one, other)));
  const select = (label: string, value: string, onPick: (value: string) => void) => (
    <label htmlFor={`${id}${label}`} className="flex min-w-0 items-center gap-2 text-sm text-ink-2">
      {label}
      <select
        id={`${id}${label}`}
        value={value}
        onChange={(event) => onPick(event.currentTarget.value)}
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
      {select(labels[0], first, (value) => go(value, second))}
      {select(labels[1], second, (value) => go(first, value))}
      <Button size="small" onClick={() => go(second, first)}>
        Swap
      </Button>
    </div>
  );
}
