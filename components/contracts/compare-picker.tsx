'use client';

import { useRouter } from 'next/navigation';
import { useId, useTransition } from 'react';
import { Button } from '@/components/ui/button';
import { compareHref } from './compare-href';

/** Picks what is compared with what; the address follows. */
export function ComparePicker({
  agent,
  options,
  from,
  to,
}: {
  agent: string;
  options: readonly { id: string; label: string }[];
  from: string;
  to: string;
}) {
  const router = useRouter();
  const [pending, start] = useTransition();
  const id = useId();
  const go = (next: { from: string; to: string }) => start(() => router.push(compareHref(agent, next)));
  const select = (name: 'from' | 'to', label: string, value: string) => (
    <label htmlFor={`${id}${name}`} className="flex min-w-0 items-center gap-2 text-sm text-ink-2">
      {label}
      <select
        id={`${id}${name}`}
        value={value}
        onChange={(event) => go({ from, to, [name]: event.currentTarget.value })}
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
      {select('from', 'From', from)}
      {select('to', 'to', to)}
      <Button size="small" onClick={() => go({ from: to, to: from })}>
        Swap
      </Button>
    </div>
  );
}
