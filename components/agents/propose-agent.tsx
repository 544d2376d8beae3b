'use client';

import { AgentFields } from '@/components/contracts/new-agent-fields';
import { ActionForm } from '@/components/ui/action-form';
import { Dialog, DialogActions } from '@/components/ui/dialog';
import { Select } from '@/components/ui/field';
import { propose } from './actions';

export interface Proposing {
  sponsors: readonly { id: string; name: string }[];
  units: readonly string[];
}

/** An agent that is only an idea yet: its name, whose it is, and who would answer for it. Then G1 asks for the case. */
export function ProposeAgent({ sponsors, units }: Proposing) {
  return (
    <Dialog
      trigger="Propose an agent"
      variant="primary"
      title="Propose an agent"
      description="It begins in Discovery. G1 asks its sponsor and the head of AI whether it is worth scoping; a contract comes after."
    >
      {(close) => (
        <ActionForm action={propose}>
          <AgentFields units={units} />
          <Select
            name="sponsorId"
            label="Sponsor"
            hint="Answers for its business, states the case and signs G1."
            required
            defaultValue=""
          >
            <option value="" disabled>
              Choose a sponsor
            </option>
            {sponsors.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </Select>
          <DialogActions onCancel={close} confirm="Propose" />
        </ActionForm>
      )}
    </Dialog>
  );
}
