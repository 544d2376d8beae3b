'use client';

import { ActionForm } from '@/components/ui/action-form';
import { Input, Select } from '@/components/ui/field';
import { SubmitButton } from '@/components/ui/submit-button';
import { toast } from '@/components/ui/toast';
import { save } from './actions';

export function WorkspaceForm({
  name,
  timeZone,
  zones,
  mayEdit,
}: {
  name: string;
  timeZone: string;
  zones: readonly string[];
  mayEdit: boolean;
}) {
  return (
    <ActionForm action={save} onDone={(state) => toast(state.message)} className="grid max-w-sm gap-4">
      <Input name="name" label="Name" defaultValue={name} required maxLength={120} disabled={!mayEdit} />
      <Select
        name="timeZone"
        label="Time zone"
        hint="Every screen shows times in it, so that everyone in an incident reads the same."
        defaultValue={timeZone}
        disabled={!mayEdit}
      >
        {zones.map((zone) => (
          <option key={zone} value={zone}>
            {zone}
          </option>
        ))}
      </Select>
      {mayEdit ? <SubmitButton className="justify-self-start">Save</SubmitButton> : null}
    </ActionForm>
  );
}
