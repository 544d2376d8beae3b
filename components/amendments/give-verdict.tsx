'use client';

import { ActionForm, useFieldIssue } from '@/components/ui/action-form';
import { Dialog, DialogActions } from '@/components/ui/dialog';
import { Input, Textarea } from '@/components/ui/field';
import { toast } from '@/components/ui/toast';
import { ROUTE_WORDS } from '@/lib/contract/change-row';
import { ROLE_IN_WORDS } from '@/lib/lifecycle/may-sign';
import { VERDICT_CAUSES, VERDICT_WORDS, type VerdictCause, type VerdictRole } from '@/lib/lifecycle/verdict';
import { giveVerdictAction } from './verdict-actions';

/** Says what was wrong, in one role. */
export function GiveVerdict({
  incident,
  speaksAs,
  clause,
  before,
}: {
  incident: number;
  speaksAs: VerdictRole;
  /** Offered as the one that was wrong. */
  clause: string;
  /** What the same role said before. */
  before: VerdictCause | null;
}) {
  const decides = speaksAs === 'head-of-ai';
  const verb = decides ? 'Decide which holds' : before === null ? 'Give your verdict' : 'Change your verdict';
  return (
    <Dialog
      trigger={verb}
      variant={before === null ? 'primary' : 'default'}
      size="small"
      title={`What was wrong in INC-${incident}?`}
      description={
        decides
          ? 'Sponsor and GRC do not say the same. What you decide settles the cause; what they said stays on the record.'
          : `You say it as ${ROLE_IN_WORDS[speaksAs]}. It stays on the record with your name; a later word of yours takes its place.`
      }
    >
      {(close) => (
        <ActionForm
          action={giveVerdictAction}
          onDone={({ message }) => {
            close();
            toast(message);
          }}
        >
          <input type="hidden" name="incident" value={incident} />
          <input type="hidden" name="role" value={speaksAs} />
          <Causes chosen={before} />
          <Input
            name="clause"
            label="Clause"
            hint="The one that was wrong, or was broken."
            defaultValue={clause}
            autoComplete="off"
            maxLength={400}
            className="code"
          />
          <Textarea
            name="note"
            label={decides ? 'Reason' : 'Note'}
            hint="What made you say so."
            required={decides}
            maxLength={2000}
          />
          <DialogActions onCancel={close} confirm={decides ? 'Decide' : 'Give verdict'} />
        </ActionForm>
      )}
    </Dialog>
  );
}

function Causes({ chosen }: { chosen: VerdictCause | null }) {
  const issue = useFieldIssue('cause');
  return (
    <fieldset className="grid gap-2" aria-describedby={issue === undefined ? undefined : 'cause-error'}>
      <legend className="mb-1 text-sm font-medium">What was wrong</legend>
      {VERDICT_CAUSES.map((cause) => (
        <label key={cause} className="flex min-h-6 items-start gap-2">
          <input
            type="radio"
            name="cause"
            value={cause}
            required
            defaultChecked={cause === chosen}
            aria-invalid={issue !== undefined}
            className="mt-0.5 size-4 accent-(--accent)"
          />
          <span>
            <span className="font-medium">{VERDICT_WORDS[cause].title}</span>
            <span className="block text-sm text-ink-2">
              {VERDICT_WORDS[cause].means} Back to {ROUTE_WORDS[VERDICT_WORDS[cause].route].title}.
            </span>
          </span>
        </label>
      ))}
      {issue === undefined ? null : (
        <p id="cause-error" className="text-sm text-critical">
          {issue}
        </p>
      )}
    </fieldset>
  );
}
