'use client';

import { DefaultsImpact } from '@/components/contracts/defaults-impact';
import { lintTitle } from '@/components/contracts/lint-title';
import { ActionForm } from '@/components/ui/action-form';
import { Button } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { Dialog, DialogActions } from '@/components/ui/dialog';
import { isClean } from '@/lib/contract/lint';
import { plural } from '@/lib/format';
import { submit } from './actions';
import { useDraft, useEditor } from './editor-context';

/** Makes the draft a version: only when nothing is missing or wrong, and of the very text that is saved. */
export function SubmitDraft({ isDefaults }: { isDefaults: boolean }) {
  const { store, draftId, threads, go } = useEditor();
  const issues = useDraft((view) => view.reading.issues);
  const findings = useDraft((view) => view.reading.findings);
  const readable = useDraft((view) => view.readable);
  const source = useDraft((view) => view.source);
  const first = issues[0];
  const requests = [...threads.values()].reduce((sum, each) => sum + each.requests, 0);
  return (
    <Dialog
      variant="primary"
      trigger="Submit as version"
      title="Submit this draft"
      description="It becomes a version that never changes. Putting the version in force is a step of its own."
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
            {isClean(findings) ? null : (
              <Callout tone="medium" title={`Lint: ${lintTitle(findings)}`}>
                They do not keep it from becoming a version. They stand beside the form.
              </Callout>
            )}
            {requests === 0 ? null : (
              <Callout tone="medium" title={`${plural(requests, 'requested change')} still open`}>
                They go along with the version, which is not put in force until they are settled.
              </Callout>
            )}
            {isDefaults ? (
              <>
                <Callout tone="medium" title="Workspace defaults are in force as soon as they are submitted">
                  They hold at once for every agent without a contract of its own.
                </Callout>
                <DefaultsImpact source={source} format="yaml" />
              </>
            ) : null}
            <DialogActions onCancel={close} confirm="Submit as version" />
          </ActionForm>
        )
      }
    </Dialog>
  );
}
