'use client';

import { ActionForm } from '@/components/ui/action-form';
import { Dialog, DialogActions } from '@/components/ui/dialog';
import { Input, Select } from '@/components/ui/field';
import { toast } from '@/components/ui/toast';
import type { PagesStanding } from '@/lib/services/pages/get-pages';
import { escalateAction, reassignAction, snoozeAction } from './actions';
import { SNOOZE_MINUTES } from './snooze-times';

/** Hands the incident to a person, who is paged at once. */
export function HandOn({ number, members }: { number: number; members: PagesStanding['members'] }) {
  return (
    <Dialog
      trigger="Hand on"
      size="small"
      title={`Hand INC-${number} to somebody`}
      description="They are paged at once, by name. The escalation path goes on until somebody acknowledges."
    >
      {(close) => (
        <ActionForm
          action={reassignAction}
          onDone={({ message }) => {
            close();
            toast(message);
          }}
        >
          <input type="hidden" name="number" value={number} />
          <Select name="personId" label="Person" required defaultValue="">
            <option value="" disabled>
              Choose a person
            </option>
            {members.map((member) => (
              <option key={member.id} value={member.id}>
                {member.name}
                {member.jobTitle === null ? '' : `, ${member.jobTitle}`}
              </option>
            ))}
          </Select>
          <Input
            name="note"
            label="Note"
            hint="What they should know. They read it in the page."
            maxLength={500}
            autoComplete="off"
          />
          <DialogActions onCancel={close} confirm="Hand on" />
        </ActionForm>
      )}
    </Dialog>
  );
}

/** Puts the incident off for a while. */
export function Snooze({ number }: { number: number }) {
  return (
    <Dialog
      trigger="Snooze"
      size="small"
      title={`Snooze INC-${number}`}
      description="Nobody is paged until then. If nobody has acknowledged or resolved it, you are paged again and the escalation path goes on."
    >
      {(close) => (
        <ActionForm
          action={snoozeAction}
          onDone={({ message }) => {
            close();
            toast(message);
          }}
        >
          <input type="hidden" name="number" value={number} />
          <Select name="minutes" label="For" defaultValue="30">
            {SNOOZE_MINUTES.map(({ minutes, label }) => (
              <option key={minutes} value={minutes}>
                {label}
              </option>
            ))}
          </Select>
          <DialogActions onCancel={close} confirm="Snooze" />
        </ActionForm>
      )}
    </Dialog>
  );
}

/** Pages whoever comes next, now. */
export function EscalateNow({ number, next }: { number: number; next: string | null }) {
  return (
    <Dialog
      trigger="Escalate now"
      size="small"
      title={`Escalate INC-${number}`}
      description={`${next ?? 'The head of AI'} is paged at once, without waiting for the time.`}
    >
      {(close) => (
        <ActionForm
          action={escalateAction}
          onDone={({ message }) => {
            close();
            toast(message);
          }}
        >
          <input type="hidden" name="number" value={number} />
          <Input
            name="reason"
            label="Reason"
            hint="They read it in the page."
            maxLength={500}
            autoComplete="off"
          />
          <DialogActions onCancel={close} confirm="Escalate" />
        </ActionForm>
      )}
    </Dialog>
  );
}
