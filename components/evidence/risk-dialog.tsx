'use client';

import { contractHref } from '@/components/contracts/contract-href';
import { ActionForm } from '@/components/ui/action-form';
import { Dialog, DialogActions } from '@/components/ui/dialog';
import { Select, Textarea } from '@/components/ui/field';
import { RelativeTime } from '@/components/ui/relative-time';
import { toast } from '@/components/ui/toast';
import type { RiskSince } from '@/lib/services/evidence/review-risk';
import { stateRiskReview } from './actions';
import { RiskChanges } from './risk-body';

/** A reviewer's word on the risk profile, beside what has changed in it since the last one. */
export function RiskDialog({ risk }: { risk: RiskSince }) {
  const { agent, version, last, changes } = risk;
  const href = (clause: string) =>
    `${contractHref(agent.name, { version: version.number })}#${encodeURI(clause)}`;
  return (
    <Dialog
      trigger="Review"
      size="small"
      title={`Risk profile of v${version.label}`}
      description={
        <>
          Read its weights and thresholds in{' '}
          <a href={href('risk')} target="_blank" rel="noreferrer" className="prose-link">
            the contract
          </a>{' '}
          first. Your name and what you say are kept.
        </>
      }
    >
      {(close) => (
        <ActionForm
          action={stateRiskReview}
          onDone={(state) => {
            close();
            toast(state.message);
          }}
        >
          <input type="hidden" name="agent" value={agent.name} />
          <input type="hidden" name="version" value={version.number} />
          <div className="rounded-md bg-sunk px-3 py-2 text-sm">
            {last === null ? (
              <p>Nobody has reviewed it yet: this is the first time.</p>
            ) : (
              <>
                <p className="text-ink-2">
                  Since {last.by ?? 'somebody'} reviewed v{last.version.label}, <RelativeTime at={last.at} />:
                </p>
                <RiskChanges changes={changes} href={href} />
              </>
            )}
          </div>
          <Textarea
            name="statement"
            label="What you looked at and what you found"
            required
            maxLength={4000}
            rows={4}
          />
          <Select name="finding" label="The risk profile" required defaultValue="">
            <option value="" disabled>
              Choose
            </option>
            <option value="stands">stands as it is</option>
            <option value="needs-change">needs a change before anybody signs</option>
          </Select>
          <DialogActions onCancel={close} confirm="Record review" />
        </ActionForm>
      )}
    </Dialog>
  );
}
