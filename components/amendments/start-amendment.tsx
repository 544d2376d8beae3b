'use client';

import { ActionForm } from '@/components/ui/action-form';
import { Dialog, DialogActions } from '@/components/ui/dialog';
import { Input, Select, Textarea } from '@/components/ui/field';
import { adoptAction, startAction } from './actions';

/** Begins to amend a contract: from an incident, or from its agent. */
export function StartAmendment({
  agent,
  incident = null,
  clause = '',
  primary = false,
}: {
  agent: { name: string; displayName: string };
  incident?: number | null;
  /** Offered as the one to begin at. */
  clause?: string;
  primary?: boolean;
}) {
  return (
    <Dialog
      trigger="Amend the contract"
      variant={primary ? 'primary' : 'default'}
      title={`Amend the contract of ${agent.displayName}`}
      description="A draft of its next version begins, with its differences, the way back they take and who must sign it. Nothing changes for the agent before that."
    >
      {(close) => (
        <ActionForm action={startAction}>
          <input type="hidden" name="agent" value={agent.name} />
          <input type="hidden" name="incident" value={incident ?? ''} />
          <Input
            name="clause"
            label="Clause"
            hint="The one to begin at."
            defaultValue={clause}
            autoComplete="off"
            maxLength={400}
            className="code"
          />
          <Textarea name="reason" label="Why" maxLength={2000} />
          <DialogActions onCancel={close} confirm="Begin amendment" />
        </ActionForm>
      )}
    </Dialog>
  );
}

/** Makes a draft that is written already an amendment. */
export function AdoptDraft({
  drafts,
}: {
  drafts: readonly { id: string; name: string; updatedBy: string | null }[];
}) {
  if (drafts.length === 0) return null;
  return (
    <Dialog
      trigger="Adopt a draft"
      title="Make a draft an amendment"
      description="What is written stays as it is; its route, gates and backtest are then followed here."
    >
      {(close) => (
        <ActionForm action={adoptAction}>
          <Select name="draft" label="Draft" required defaultValue={drafts[0]?.id}>
            {drafts.map((draft) => (
              <option key={draft.id} value={draft.id}>
                {draft.name}
                {draft.updatedBy === null ? '' : `, last changed by ${draft.updatedBy}`}
              </option>
            ))}
          </Select>
          <input type="hidden" name="incident" value="" />
          <DialogActions onCancel={close} confirm="Make it an amendment" />
        </ActionForm>
      )}
    </Dialog>
  );
}
