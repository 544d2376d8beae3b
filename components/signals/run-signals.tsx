import { ClauseName } from '@/components/runs/links';
import { Sheet, SheetBody } from '@/components/ui/sheet';
import { formatNumber, plural } from '@/lib/format';
import { criterionValue } from '@/lib/scoring/criteria';
import type { RunSignals as Data } from '@/lib/services/signals/get-run-signals';
import { SignalTable } from './signal-table';

/** What was measured of one run, and what its contract's criteria make of it. Nothing when nothing was. */
export function RunSignals({ data: { rows, measured } }: { data: Data }) {
  if (rows.length === 0) return null;
  const good = measured.filter(({ score }) => score === 100).length;
  return (
    <Sheet
      title="Signals"
      label={
        measured.length === 0
          ? 'no criterion reads them'
          : `${good} of ${plural(measured.length, 'criterion', 'criteria')} met`
      }
    >
      {measured.length === 0 ? null : (
        <SheetBody className="border-b border-line">
          <ul className="grid gap-1 text-sm">
            {measured.map((each) => (
              <li key={each.clause}>
                <span className="code text-xs text-ink-2">
                  <ClauseName clause={each.clause} />
                </span>{' '}
                {criterionValue(each.value, each)} ({each.comparison === '>=' ? 'at least' : 'at most'}{' '}
                {criterionValue(each.target, each)}): {formatNumber(each.score, 1)} of 100, weight{' '}
                {formatNumber(each.weight)}
              </li>
            ))}
          </ul>
        </SheetBody>
      )}
      <SignalTable rows={rows} of="run" />
    </Sheet>
  );
}
