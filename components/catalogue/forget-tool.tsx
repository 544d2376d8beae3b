'use client';

import { ActionForm } from '@/components/ui/action-form';
import { Dialog, DialogActions } from '@/components/ui/dialog';
import { toast } from '@/components/ui/toast';
import { forget } from './actions';

/** Takes a tool out of the catalogue that its source no longer lists. */
export function ForgetTool({ id, name }: { id: string; name: string }) {
  return (
    <Dialog
      trigger={
        <>
          Take out<span className="sr-only"> {name}</span>
        </>
      }
      variant="danger"
      title={`Take ${name} out of the catalogue`}
      description="What was decided of it goes too. Contracts that list it keep it. If its source lists it again, it waits for a new decision."
    >
      {(close) => (
        <ActionForm
          action={forget}
          onDone={(state) => {
            close();
            toast(state.message);
          }}
        >
          <input type="hidden" name="id" value={id} />
          <DialogActions onCancel={close} confirm="Take out" variant="danger" />
        </ActionForm>
      )}
    </Dialog>
  );
}
