'use client';

import { PickTwo } from '@/components/ui/pick-two';

/** Picks which two versions of an agent are compared. */
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
  return (
    <PickTwo
      options={options}
      labels={['Version', 'against']}
      chosen={[b, a]}
      hrefOf={(second, first) => `${path}?a=${encodeURIComponent(first)}&b=${encodeURIComponent(second)}`}
    />
  );
}
