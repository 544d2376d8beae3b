import Link from 'next/link';
import { ClauseName } from '@/components/runs/links';
import { Sheet, SheetBody, SheetFoot } from '@/components/ui/sheet';
import { formatCount, formatNumber, plural } from '@/lib/format';
import { criterionValue } from '@/lib/scoring/criteria';
import type { RunSignals as Data } from '@/lib/services/signals/get-run-signals';
import { SignalTable } from './signal-table';
import { signalsHref } from './words';

/** What was measured of one run, and what its contract's criteria make of it. Nothing when nothing was. */
export function RunSignals({ runId, data: { rows, total, measured } }: { runId: string; data: Data }) {
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
      {total <= rows.length ? null : (
        <SheetFoot>
          The newest {formatCount(rows.length)} of {plural(total, 'signal')}; all of them count.{' '}
          <Link href={signalsHref({ run: runId })} className="prose-link">
            All signals of this run
          </Link>
        </SheetFoot>
      )}
    </Sheet>
  );
}
