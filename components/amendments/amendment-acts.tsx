'use client';

import { ActionForm } from '@/components/ui/action-form';
import { Dialog, DialogActions, ReasonDialog } from '@/components/ui/dialog';
import { SubmitButton } from '@/components/ui/submit-button';
import { toast } from '@/components/ui/toast';
import { formatList } from '@/lib/format';
import type { GateId } from '@/lib/lifecycle/gates';
import { atOnceAction, endAction, proposalAction, submitAction } from './actions';

/** Makes the amendment's draft a version that its gates decide about. */
export function SubmitAmendment({
  draft,
  number,
  whyNot,
  gates,
}: {
  draft: { id: string; revision: number };
  number: number;
  whyNot: string | null;
  /** Of the way it takes; none while that is not known. */
  gates: readonly GateId[];
}) {
  return (
    <Dialog
      trigger="Submit amendment"
      variant={whyNot === null ? 'primary' : 'default'}
      title={`Submit AMD-${number}`}
      description={
        whyNot ??
        `Its draft becomes a version that never changes. ${gates.length === 0 ? 'Its gates' : formatList(gates)} ${gates.length === 1 ? 'decides' : 'decide'} about it; what is in force goes on until then.`
      }
    >
      {(close) =>
        whyNot !== null ? null : (
          <ActionForm
            action={submitAction}
            onDone={({ message }) => {
              close();
              toast(message);
            }}
          >
            <input type="hidden" name="id" value={draft.id} />
            <input type="hidden" name="revision" value={draft.revision} />
            <DialogActions onCancel={close} confirm="Submit amendment" />
          </ActionForm>
        )
      }
    </Dialog>
  );
}

export function EndAmendment({ number, as }: { number: number; as: 'withdrawn' | 'refused' }) {
  const verb = as === 'withdrawn' ? 'Withdraw' : 'Refuse';
  return (
    <ReasonDialog
      trigger={verb}
      tone="default"
      title={`${verb} AMD-${number}?`}
      consequence="Its draft is discarded and its open reviews close. What was written and signed stays to be read. This cannot be undone; another amendment can be begun at any time."
      confirm={verb}
      action={endAction}
      fields={
        <>
          <input type="hidden" name="number" value={number} />
          <input type="hidden" name="as" value={as} />
        </>
      }
    />
  );
}

/** In force now, signed after: it can only narrow. */
export function PutInForceAtOnce({ number, label, agent }: { number: number; label: string; agent: string }) {
  return (
    <ReasonDialog
      trigger="Put in force at once"
      tone="danger"
      title={`Put v${label} in force before it is signed?`}
      consequence={`${agent} is held to it from its next run on; it can do nothing after it that it may not do now. Its gates must be signed within seven days, else the agent falls back. Who signs is told.`}
      confirm="Put in force at once"
      reasonLabel="What cannot wait"
      action={atOnceAction}
      fields={<input type="hidden" name="number" value={number} />}
    />
  );
}

/** Takes what is offered into the draft, or not. */
export function AnswerProposal({ number }: { number: number }) {
  const form = (answer: 'accept' | 'decline') => (
    <ActionForm action={proposalAction} onDone={({ message }) => toast(message)} className="contents">
      <input type="hidden" name="number" value={number} />
      <input type="hidden" name="answer" value={answer} />
      <SubmitButton variant={answer === 'accept' ? 'primary' : 'default'}>
        {answer === 'accept' ? 'Take it into the draft' : 'Leave it out'}
      </SubmitButton>
    </ActionForm>
  );
  return (
    <div className="flex flex-wrap gap-2">
      {form('accept')}
      {form('decline')}
    </div>
  );
}
