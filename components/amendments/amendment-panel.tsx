import { LiveRefresh } from '@/components/shell/live-refresh';
import { Sheet, SheetBody } from '@/components/ui/sheet';
import type { AmendmentsOfIncident } from '@/lib/services/amendments/of-incident';
import { AmendmentRows } from './amendment-rows';
import { StartAmendment } from './start-amendment';

/** What is changed in the contract because of an incident, and where one begins to. */
export function AmendmentPanel({
  incident,
  agent,
  data,
}: {
  incident: number;
  agent: { name: string; displayName: string };
  data: AmendmentsOfIncident;
}) {
  const { rows, mayStart, clause } = data;
  return (
    <Sheet title="Amendment" label={rows.length === 0 ? 'none yet' : undefined}>
      <LiveRefresh topics={['amendment', 'gate']} />
      {rows.length === 0 ? null : <AmendmentRows rows={rows} />}
      {rows.length > 0 && !mayStart ? null : (
        <SheetBody
          className={`flex flex-wrap items-center justify-between gap-3 text-sm text-ink-2 ${rows.length === 0 ? '' : 'border-t border-line'}`}
        >
          <span className="min-w-0 flex-1">
            {rows.length === 0
              ? 'When the contract, or a figure of it, was wrong, it is amended: a draft, the way back it takes, and its gates again.'
              : 'Another one goes its own way beside it.'}
          </span>
          {mayStart ? (
            <StartAmendment agent={agent} incident={incident} clause={clause} primary={rows.length === 0} />
          ) : null}
        </SheetBody>
      )}
    </Sheet>
  );
}
