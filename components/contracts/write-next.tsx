'use client';

import { ActionForm } from '@/components/ui/action-form';
import { SubmitButton } from '@/components/ui/submit-button';
import { writeNext } from './actions';

/** Begins the draft of the next version from this one. */
export function WriteNext({
  agent,
  number,
  label,
  size = 'normal',
}: {
  agent: string;
  number: number;
  label: string;
  size?: 'normal' | 'small';
}) {
  return (
    <ActionForm action={writeNext} className="grid justify-items-start gap-2">
      <input type="hidden" name="agent" value={agent} />
      <input type="hidden" name="number" value={number} />
      <SubmitButton variant="default" size={size}>
        {label}
      </SubmitButton>
    </ActionForm>
  );
}
