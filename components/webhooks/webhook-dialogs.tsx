'use client';

import { ActionForm } from '@/components/ui/action-form';
import { Dialog, DialogActions } from '@/components/ui/dialog';
import { SubmitButton } from '@/components/ui/submit-button';
import { toast } from '@/components/ui/toast';
import { disable, discard, retry, test } from './actions';

export function TestEndpoint({ id, name }: { id: string; name: string }) {
  return (
    <ActionForm action={test} className="inline-grid" onDone={(state) => toast(state.message)}>
      <input type="hidden" name="id" value={id} />
      <SubmitButton variant="default" size="small">
        Send test<span className="sr-only"> to {name}</span>
      </SubmitButton>
    </ActionForm>
  );
}

export function DisableEndpoint({ id, name, waiting }: { id: string; name: string; waiting: number }) {
  return (
    <Dialog
      trigger={
        <>
          Disable<span className="sr-only"> {name}</span>
        </>
      }
      variant="danger"
      size="small"
      title="Disable this channel"
      description={
        <>
          Nothing is sent to <span className="font-medium break-words">{name}</span> any more
          {waiting === 0 ? '' : `, and ${waiting} waiting deliveries are given up`}. It cannot be enabled
          again: add it anew, with its secret.
        </>
      }
    >
      {(close) => (
        <ActionForm
          action={disable}
          onDone={(state) => {
            close();
            toast(state.message);
          }}
        >
          <input type="hidden" name="id" value={id} />
          <DialogActions onCancel={close} confirm="Disable channel" variant="danger" />
        </ActionForm>
      )}
    </Dialog>
  );
}

export function Redeliver({ id }: { id: string }) {
  return (
    <ActionForm action={retry} className="inline-grid" onDone={(state) => toast(state.message)}>
      <input type="hidden" name="id" value={id} />
      <SubmitButton variant="default" size="small">
        Try again
      </SubmitButton>
    </ActionForm>
  );
}

export function Discard({ id }: { id: string }) {
  return (
    <ActionForm action={discard} className="inline-grid" onDone={(state) => toast(state.message)}>
      <input type="hidden" name="id" value={id} />
      <SubmitButton variant="default" size="small">
        Discard
      </SubmitButton>
    </ActionForm>
  );
}
