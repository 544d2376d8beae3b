'use client';

import { useRouter } from 'next/navigation';
import { ActionForm } from '@/components/ui/action-form';
import { Dialog, DialogActions, ReasonDialog } from '@/components/ui/dialog';
import { Input, Select, Textarea } from '@/components/ui/field';
import { toast } from '@/components/ui/toast';
import { FALLBACK_CAUSE_TITLES, FALLBACK_CAUSES } from '@/lib/lifecycle/fallback';
import { STAGE_TITLES, type Stage } from '@/lib/lifecycle/stages';
import type { ReviewDetail } from '@/lib/services/gates/dto';
import { declineAction, fallBackAction, withdrawAction } from './actions';

/** Decline, withdraw, fall back: as far as the review allows and the reader may. */
export function ReviewActs({
  review,
  clauses,
  targets,
}: {
  review: ReviewDetail;
  /** Paths of the version's clauses, to choose from. */
  clauses: readonly string[];
  /** Stages it can be sent back to, the nearest last. */
  targets: readonly Stage[];
}) {
  const { mine, gate, agent } = review;
  const fields = <input type="hidden" name="reviewId" value={review.id} />;
  const signed = review.roles.filter(({ signature }) => signature !== null).length;
  return (
    <>
      {mine.mayWithdraw ? (
        <ReasonDialog
          trigger="Withdraw"
          tone="default"
          title={`Withdraw ${gate} for ${agent.displayName}?`}
          consequence={`Nobody can sign it any more${signed === 0 ? '' : `, and ${signed === 1 ? 'the signature given counts' : `the ${signed} signatures given count`} no longer`}. It can be opened again at any time.`}
          confirm="Withdraw"
          action={withdrawAction}
          fields={fields}
          reasonRequired={false}
        />
      ) : null}
      {mine.mayDecline ? (
        <ReasonDialog
          trigger="Decline"
          tone="default"
          title={`Decline ${gate} for ${agent.displayName}?`}
          consequence={`The review ends${signed === 0 ? '' : `, also for ${signed === 1 ? 'the one who has' : `the ${signed} who have`} signed`}, and the agent stays in ${STAGE_TITLES[agent.stage]}. It can be opened again once what you name is mended. This cannot be undone.`}
          confirm="Decline"
          action={declineAction}
          fields={
            <>
              {fields}
              <ClauseField clauses={clauses} />
            </>
          }
          reasonHint="Told to whoever sent it and to those who signed, and kept with your name."
        />
      ) : null}
      {mine.mayFallBack && targets.length > 0 ? (
        <FallBack agent={agent} clauses={clauses} targets={targets} />
      ) : null}
    </>
  );
}

/** Sends an agent back to an earlier stage, with what was wrong and why. */
export function FallBack({
  agent,
  clauses,
  targets,
}: {
  agent: { name: string; displayName: string; stage: Stage };
  clauses: readonly string[];
  targets: readonly Stage[];
}) {
  const router = useRouter();
  return (
    <Dialog
      trigger="Fall back to…"
      title={`Send ${agent.displayName} back`}
      description={`It leaves ${STAGE_TITLES[agent.stage]}. Signatures from the stage it goes back to onwards count no longer, and those gates are passed again; evidence about the version must be made again for them. This cannot be undone. The version in force stays in force and goes on deciding: the kill switch stops the agent.`}
    >
      {(close) => (
        <ActionForm
          action={fallBackAction}
          onDone={({ message }) => {
            close();
            toast(message);
            router.refresh();
          }}
        >
          <input type="hidden" name="agent" value={agent.name} />
          <Select name="to" label="To" required defaultValue={targets.at(-1)}>
            {targets.map((stage) => (
              <option key={stage} value={stage}>
                {STAGE_TITLES[stage]}
              </option>
            ))}
          </Select>
          <Select name="cause" label="What was wrong" required defaultValue="">
            <option value="" disabled>
              Choose one
            </option>
            {FALLBACK_CAUSES.map((cause) => (
              <option key={cause} value={cause}>
                {FALLBACK_CAUSE_TITLES[cause].title}: {FALLBACK_CAUSE_TITLES[cause].means}
              </option>
            ))}
          </Select>
          <ClauseField clauses={clauses} />
          <Textarea
            name="reason"
            label="Reason"
            hint="Kept in the audit log with your name."
            required
            maxLength={2000}
          />
          <DialogActions onCancel={close} confirm="Send back" variant="danger" />
        </ActionForm>
      )}
    </Dialog>
  );
}

function ClauseField({ clauses }: { clauses: readonly string[] }) {
  return (
    <>
      <Input
        name="clause"
        label="Clause"
        hint="The one that is in the way, by its path."
        list="clauses-of-version"
        autoComplete="off"
        maxLength={500}
        className="code"
      />
      <datalist id="clauses-of-version">
        {clauses.map((clause) => (
          <option key={clause} value={clause} />
        ))}
      </datalist>
    </>
  );
}
