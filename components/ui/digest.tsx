'use client';

import { shortDigest } from '@/lib/format';
import { CopyButton } from './copy-button';

/** A digest or id, shortened, with its whole self on hover and a button that copies it. */
export function Digest({ value, what = 'digest' }: { value: string; what?: string }) {
  return (
    <span className="inline-flex items-center gap-1 whitespace-nowrap">
      <span className="code" title={value}>
        {shortDigest(value)}
      </span>
      <CopyButton value={value} what={what} />
    </span>
  );
}
