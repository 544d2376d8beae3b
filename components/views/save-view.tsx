'use client';

import { ActionForm } from '@/components/ui/action-form';
import { Dialog, DialogActions } from '@/components/ui/dialog';
import { Input } from '@/components/ui/field';
import { toast } from '@/components/ui/toast';
import { save } from './actions';
import { WhoSees } from './who-sees';

/** Keeps what the list shows now under a name. */
export function SaveView({ list, query, mayShare }: { list: 'runs'; query: string; mayShare: boolean }) {
  return (
    <Dialog
      trigger="Save view"
      size="small"
      title="Save this view"
      description="Filters, order and columns as they are now, under a name. What fits is read anew each time."
    >
      {(close) => (
        <ActionForm
          action={save}
          onDone={({ message }) => {
            close();
            toast(message);
          }}
        >
          <input type="hidden" name="list" value={list} />
          <input type="hidden" name="query" value={query} />
          <Input name="name" label="Name" required maxLength={60} autoFocus />
          {mayShare ? <WhoSees shared={false} /> : null}
          <DialogActions onCancel={close} confirm="Save" />
        </ActionForm>
      )}
    </Dialog>
  );
}
