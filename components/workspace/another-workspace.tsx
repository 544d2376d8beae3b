'use client';

import { switchWorkspace } from '@/components/shell/switch-workspace';
import { ActionForm } from '@/components/ui/action-form';
import { Dialog, DialogActions } from '@/components/ui/dialog';
import { Input } from '@/components/ui/field';
import { createAnother } from './actions';

/** A further workspace beside this one; whoever makes it goes on in it. */
export function AnotherWorkspace() {
  return (
    <Dialog
      trigger="Create another workspace"
      title="Create another workspace"
      description="It has its own agents, contracts, people, keys and audit log; nothing of this one is seen in it. You become its head of AI and switch between the two in your account menu."
    >
      {(close) => (
        <ActionForm action={createAnother} onDone={(state) => void switchWorkspace(state.reveal ?? '')}>
          <Input name="name" label="Name" autoComplete="off" required maxLength={120} />
          <DialogActions onCancel={close} confirm="Create workspace" />
        </ActionForm>
      )}
    </Dialog>
  );
}
