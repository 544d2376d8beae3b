'use client';

import { ActionForm } from '@/components/ui/action-form';
import { Dialog, DialogActions } from '@/components/ui/dialog';
import { toast } from '@/components/ui/toast';
import { place } from './actions';

/** Lets a version decide from now on; says first what that does. */
export function PutInForce({
  agent,
  displayName,
  number,
  label,
  size = 'normal',
}: {
  agent: string;
  displayName: string;
  number: number;
  label: string;
  size?: 'normal' | 'small';
}) {
  return (
    <Dialog
      trigger="Put in force"
      variant={size === 'small' ? 'default' : 'primary'}
      size={size}
      title={`Put v${label} in force?`}
      description={`From now on it decides for new runs of ${displayName}. Runs that have begun keep the version they began with. You can put another version in force again at any time; both are kept in the audit log with your name.`}
    >
      {(close) => (
        <ActionForm
          action={place}
          onDone={(state) => {
            close();
            toast(state.message);
          }}
        >
          <input type="hidden" name="agent" value={agent} />
          <input type="hidden" name="number" value={number} />
          <DialogActions onCancel={close} confirm="Put in force" />
        </ActionForm>
      )}
    </Dialog>
  );
}
