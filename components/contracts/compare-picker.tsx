'use client';

import { PickTwo } from '@/components/ui/pick-two';
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
  return (
    <PickTwo
      options={options}
      labels={['From', 'to']}
      chosen={[from, to]}
      hrefOf={(first, second) => compareHref(agent, { from: first, to: second })}
    />
  );
}
