'use client';

import { ActionForm } from '@/components/ui/action-form';
import { SubmitButton } from '@/components/ui/submit-button';
import { toast } from '@/components/ui/toast';
import { approveCompensationAction } from './actions';

/** One press: what it says is on the line above it, and it can be taken back until it is delivered. */
export function Approve({ id, label }: { id: string; label: string }) {
  return (
    <ActionForm action={approveCompensationAction} onDone={(state) => toast(state.message)}>
      <input type="hidden" name="id" value={id} />
      <SubmitButton variant="primary" size="small">
        {label}
      </SubmitButton>
    </ActionForm>
  );
}
