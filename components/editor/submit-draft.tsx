'use client';

import { useState } from 'react';
import { ActionForm } from '@/components/ui/action-form';
import { Button } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { Dialog, DialogActions } from '@/components/ui/dialog';
import { plural } from '@/lib/format';
import { submit } from './actions';
import { useDraft, useEditor } from './editor-context';

/** Makes the draft a version: only when nothing is missing or wrong, and of the very text that is saved. */
export function SubmitDraft({ isDefaults }: { isDefaults: boolean }) {
  const { store, draftId, go } = useEditor();
  const issues = useDraft((view) => view.reading.issues);
  const readable = useDraft((view) => view.readable);
  const revision = useDraft((view) => view.revision);
  const saved = useDraft((view) => view.save.is === 'saved');
  const [opened, setOpened] = useState(false);
  const first = issues[0];
  return (
    <Dialog
      variant="primary"
      trigger="Submit as version"
      title="Submit this draft"
      description="It becomes a version that never changes. Putting the version in force is a step of its own."
      onClose={() => setOpened(false)}
    >
      {(close) =>
        first !== undefined || !readable ? (
          <div className="grid gap-4">
            <Callout tone="medium" title={`Not yet: ${plural(issues.length, 'thing')} to do or to mend`}>
              A version is complete. What you wrote stays in the draft.
            </Callout>
            <div className="flex justify-end gap-2">
              <Button onClick={close}>Close</Button>
              <Button
                variant="primary"
                onClick={() => {
                  close();
                  go(first?.path ?? '');
                }}
              >
                Go to the first
              </Button>
            </div>
          </div>
        ) : (
          <ActionForm
            action={async (before, form) => {
              await store.saveNow();
              form.set('revision', String(store.get().revision));
              return submit(before, form);
            }}
          >
            <input type="hidden" name="id" value={draftId} />
            <input type="hidden" name="revision" value={revision} />
            {isDefaults ? (
              <Callout tone="medium" title="Workspace defaults are in force as soon as they are submitted">
                They hold at once for every agent without a contract of its own.
              </Callout>
            ) : null}
            {saved || opened ? null : (
              <p className="text-sm text-ink-2">What you just wrote is saved first.</p>
            )}
            <DialogActions onCancel={close} confirm="Submit as version" />
          </ActionForm>
        )
      }
    </Dialog>
  );
}
