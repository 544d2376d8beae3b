'use client';

import { ReasonDialog } from '@/components/ui/dialog';
import { rotate } from './actions';

export function RotateKey({ id }: { id: string }) {
  return (
    <ReasonDialog
      trigger="Rotate key"
      size="small"
      title="Rotate the instance key"
      consequence="A new key signs from now on, for every workspace of this instance. What this one signed stays valid. Whoever verifies exports with the public key needs the new one. This cannot be undone."
      confirm="Rotate key"
      action={rotate}
      fields={<input type="hidden" name="retiring" value={id} />}
    />
  );
}
