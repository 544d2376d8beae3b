'use client';

import { ActionForm } from '@/components/ui/action-form';
import { RelativeTime } from '@/components/ui/relative-time';
import { Sheet, SheetBody } from '@/components/ui/sheet';
import { SubmitButton } from '@/components/ui/submit-button';
import { toast } from '@/components/ui/toast';
import type { ScenariosPage } from '@/lib/services/scenarios/scenarios-page';
import { record } from './actions';

/** What was last kept as evidence of this version, and a way to keep it anew. */
export function EvidenceSheet({
  page,
  unsaved,
}: {
  page: Pick<ScenariosPage, 'agent' | 'suites' | 'against' | 'recorded' | 'mayRecord'>;
  unsaved: boolean;
}) {
  const { agent, suites, against, recorded, mayRecord } = page;
  if (against === null) return null;
  return (
    <Sheet title="Evidence for G3" label={against.version === null ? undefined : against.label}>
      <SheetBody className="grid gap-3 text-sm">
        {against.version === null ? (
          <p className="text-ink-2">
            A draft can be tried, and is no evidence: submit it as a version first, then record what its
            scenarios show.
          </p>
        ) : recorded === null ? (
          <p className="text-ink-2">Nothing is recorded for this version yet.</p>
        ) : (
          <p>
            <span className={recorded.outcome === 'passed' ? 'text-low' : 'text-critical'}>
              {recorded.outcome === 'passed' ? '✓ Passed' : '✗ Failed'}
            </span>
            : {recorded.summary} <RelativeTime at={recorded.at} />
          </p>
        )}
        {against.version === null || !mayRecord || suites.length === 0 ? null : (
          <ActionForm action={record} onDone={(state) => toast(state.message)} className="grid gap-2">
            <input type="hidden" name="agent" value={agent.name} />
            <input type="hidden" name="version" value={against.version} />
            <SubmitButton disabled={unsaved}>Record as evidence</SubmitButton>
            {unsaved ? (
              <p className="text-ink-2">Save the suite first: evidence is of what is kept.</p>
            ) : null}
          </ActionForm>
        )}
      </SheetBody>
    </Sheet>
  );
}
