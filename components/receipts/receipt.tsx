'use client';

import { LiveRefresh } from '@/components/shell/live-refresh';
import { ActionForm } from '@/components/ui/action-form';
import { buttonClass } from '@/components/ui/button';
import { Digest } from '@/components/ui/digest';
import { RelativeTime } from '@/components/ui/relative-time';
import { Sheet, SheetBody } from '@/components/ui/sheet';
import { SubmitButton } from '@/components/ui/submit-button';
import { toast } from '@/components/ui/toast';
import { plural } from '@/lib/format';
import type { ReceiptRow, RunReceipts } from '@/lib/services/receipts/get-receipts';
import { makeReceiptAction } from './actions';

/** The signed record of a run: made once it has ended, kept, and to be verified by anybody who has the file. */
export function Receipt({ data }: { data: RunReceipts }) {
  const { receipts, ended, mayMake, run } = data;
  const [latest] = receipts;
  // Incidents, signals and what is undone change what it says without changing the run: making it anew is always offered.
  const makes = mayMake && ended;
  return (
    <Sheet
      title="Receipt"
      label={receipts.length === 0 ? 'none made' : plural(receipts.length, 'signed receipt')}
    >
      <LiveRefresh topics={['run']} />
      {receipts.length === 0 ? null : (
        <ul className="text-sm" aria-label="Receipts of this run">
          {receipts.map((receipt) => (
            <Row key={receipt.id} receipt={receipt} runId={run.id} />
          ))}
        </ul>
      )}
      {latest !== undefined && !makes ? null : (
        <SheetBody
          className={`grid justify-items-start gap-2.5 text-sm text-ink-2 ${latest === undefined ? '' : 'border-t border-line'}`}
        >
          <p>
            {latest !== undefined
              ? latest.outdated
                ? 'The run has changed since its last receipt.'
                : 'A new one is made when its incidents, its signals or what was undone of it have changed since.'
              : ended
                ? 'What the run did, under which version, and who approved what, signed by this instance. Anybody can verify the file offline.'
                : 'A receipt can be made when the run has ended.'}
          </p>
          {makes ? (
            <ActionForm action={makeReceiptAction} onDone={(state) => toast(state.message)}>
              <input type="hidden" name="runId" value={run.id} />
              <SubmitButton variant="default" size="small">
                {latest === undefined ? 'Make receipt' : 'Make a new receipt'}
              </SubmitButton>
            </ActionForm>
          ) : null}
        </SheetBody>
      )}
    </Sheet>
  );
}

function Row({ receipt, runId }: { receipt: ReceiptRow; runId: string }) {
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-3 gap-y-1.5 border-b border-line px-3.5 py-2.5 last:border-b-0">
      <div className="min-w-0">
        <p>
          Made <RelativeTime at={receipt.madeAt} />
          {receipt.madeBy === null ? '' : ` by ${receipt.madeBy}`}
        </p>
        <p className="flex items-center gap-2 text-ink-2">
          <Digest value={receipt.digest} what="digest of the receipt" />
          {receipt.outdated ? 'before later changes' : ''}
        </p>
      </div>
      <a
        href={`/api/runs/${runId}/receipts/${receipt.id}`}
        download
        className={buttonClass('default', 'small')}
        aria-label={`Download receipt ${receipt.digest.slice(0, 12)}`}
      >
        Download
      </a>
    </li>
  );
}
