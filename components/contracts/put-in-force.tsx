'use client';

import { useThreads } from '@/components/comments/use-threads';
import { ActionForm } from '@/components/ui/action-form';
import { Callout } from '@/components/ui/callout';
import { Dialog, DialogActions } from '@/components/ui/dialog';
import { toast } from '@/components/ui/toast';
import { plural } from '@/lib/format';
import { isLive, STAGE_TITLES, type Stage } from '@/lib/lifecycle/stages';
import { place } from './actions';

/** Lets a version decide from now on; says first what that does. */
export function PutInForce({
  agent,
  displayName,
  versionId,
  number,
  label,
  stage,
  size = 'normal',
}: {
  agent: string;
  versionId: string;
  displayName: string;
  number: number;
  label: string;
  /** Where its agent stands. */
  stage: Stage;
  size?: 'normal' | 'small';
}) {
  return (
    <Dialog
      trigger="Put in force"
      variant={size === 'small' || !isLive(stage) ? 'default' : 'primary'}
      size={size}
      title={`Put v${label} in force?`}
      description={`From now on it decides for new runs of ${displayName}. Runs that have begun keep the version they began with. You can put another version in force again at any time; both are kept in the audit log with your name.`}
    >
      {(close) => (
        <ActionForm
          action={place}
          onDone={(state) => {
            close();
            toast(state.message);
          }}
        >
          {isLive(stage) ? null : (
            <Callout tone="medium" title="Not signed for live work">
              {displayName} stands in {STAGE_TITLES[stage]}: a version may decide here before its gates are
              passed, so that it can be tried. It decides for every call the agent makes.
            </Callout>
          )}
          <OpenRequests versionId={versionId} />
          <input type="hidden" name="agent" value={agent} />
          <input type="hidden" name="number" value={number} />
          <DialogActions onCancel={close} confirm="Put in force" />
        </ActionForm>
      )}
    </Dialog>
  );
}

/** The changes that were asked for and not settled: a version that never decided waits for them. */
function OpenRequests({ versionId }: { versionId: string }) {
  const { data } = useThreads({ kind: 'version', id: versionId });
  const asked = (data?.threads ?? []).filter(
    (thread) => thread.kind === 'change-request' && thread.resolved === null,
  );
  return asked.length === 0 ? null : (
    <Callout tone="medium" title={`${plural(asked.length, 'requested change')} open`}>
      <ul className="grid gap-1">
        {asked.slice(0, 5).map((thread) => (
          <li key={thread.id} className="[overflow-wrap:anywhere]">
            <span className="code">{thread.clause}</span>: {thread.comments[0]?.by.name},{' '}
            {shorten(thread.comments[0]?.body ?? '')}
          </li>
        ))}
      </ul>
      A version that has not decided before waits until they are resolved.
    </Callout>
  );
}

function shorten(text: string): string {
  const line = text.split('\n', 1)[0] ?? '';
  return line.length > 120 ? `${line.slice(0, 119)}…` : line;
}
