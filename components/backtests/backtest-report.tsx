import Link from 'next/link';
import { Digest } from '@/components/ui/digest';
import { LaneTag } from '@/components/ui/lane-tag';
import { Money } from '@/components/ui/measure';
import { Sheet, SheetBody, SheetFoot } from '@/components/ui/sheet';
import type { BacktestReport as Report } from '@/lib/decision/backtest-report';
import { formatCount, formatNumber, plural } from '@/lib/format';
import { OutcomesOfRuns } from './outcomes-of-runs';
import { ANSWER_WORDS, exampleHref, heldRuns, heldWords } from './words';

/** More stand behind a summary that opens. */
const SHOWN_AT_ONCE = 5;

/**
 * What a version would have made of recorded runs: four figures, then the runs it would have made otherwise.
 *
 * @param digest of the report, or of the evidence it is; null: not shown
 * @param bound true where it goes into a signature
 */
export function BacktestReport({
  report,
  digest = null,
  bound = false,
}: {
  report: Report;
  digest?: string | null;
  bound?: boolean;
}) {
  const { runs, days, unchanged, undecided, moves, examples, approvalsPerDay } = report;
  return (
    <Sheet
      title="Replayed over what really happened"
      label={
        <span className="inline-flex flex-wrap items-center gap-x-1">
          {plural(runs, 'run')}, {plural(days, 'day')}
          {digest === null ? null : (
            <>
              <span>· report</span> <Digest value={digest} what="report digest" />
            </>
          )}
          {bound ? 'bound into your signature' : null}
        </span>
      }
    >
      {runs === 0 ? (
        <SheetBody className="text-ink-2">
          No run was recorded in these {days} days, so there is nothing to replay.
        </SheetBody>
      ) : (
        <>
          <dl className="grid grid-cols-2 sm:grid-cols-4">
            <Figure value={formatCount(unchanged)} what="unchanged" />
            <Figure value={formatCount(heldRuns(report))} what={heldWords(report)} />
            <Figure value={formatCount(moves['let-through'])} what="newly let through" />
            <Figure
              value={`${perDay(approvalsPerDay.after - approvalsPerDay.before)} / day`}
              what="approvals it will cost"
            />
          </dl>
          {undecided === 0 ? null : (
            <p className="border-t border-line px-3.5 py-2.5 text-sm text-ink-2">
              {plural(undecided, 'run')} could not be told: {undecided === 1 ? 'its' : 'their'} arguments were
              not recorded. {undecided === 1 ? 'It is' : 'They are'} in none of these figures.
            </p>
          )}
          {examples.length === 0 ? null : <Examples report={report} />}
          {report.outcomes === undefined ? null : <OutcomesOfRuns outcomes={report.outcomes} />}
          <Rest report={report} />
        </>
      )}
    </Sheet>
  );
}

function Figure({ value, what }: { value: string; what: string }) {
  return (
    <div className="flex flex-col-reverse justify-end border-line px-3.5 py-3 sm:border-l sm:first:border-l-0">
      <dt className="text-sm text-ink-2">{what}</dt>
      <dd className="text-xl font-semibold tabular-nums">{value}</dd>
    </div>
  );
}

function Examples({ report }: { report: Report }) {
  const { examples, runs, unchanged, undecided } = report;
  const changed = runs - unchanged - undecided;
  const rest = examples.slice(SHOWN_AT_ONCE);
  return (
    <>
      <ul className="border-t border-line text-sm">
        {examples.slice(0, SHOWN_AT_ONCE).map((example) => (
          <ExampleRow key={example.runId} example={example} />
        ))}
      </ul>
      {rest.length === 0 ? null : (
        <details className="border-t border-line text-sm">
          <summary className="cursor-pointer px-3.5 py-2.5 text-ink-2">
            {changed > examples.length
              ? `${formatCount(rest.length)} more of ${formatCount(changed)}`
              : `${formatCount(rest.length)} more`}
          </summary>
          <ul>
            {rest.map((example) => (
              <ExampleRow key={example.runId} example={example} />
            ))}
          </ul>
        </details>
      )}
      <SheetFoot>
        Each run up to its first answer that differs; what the agent would have done next is not knowable.
      </SheetFoot>
    </>
  );
}

function ExampleRow({ example }: { example: Report['examples'][number] }) {
  return (
    <li className="flex flex-wrap items-baseline gap-x-3 gap-y-0.5 border-b border-line px-3.5 py-2 last:border-b-0">
      <Link href={exampleHref(example)} className="prose-link code [overflow-wrap:anywhere]">
        {example.runKey}
      </Link>
      <span className="inline-flex flex-wrap items-baseline gap-x-2">
        <LaneTag lane={example.before} label={ANSWER_WORDS[example.before]} />
        <span aria-hidden="true">→</span>
        <span className="sr-only">would be</span>
        <LaneTag lane={example.after} label={ANSWER_WORDS[example.after]} />
      </span>
      <span className="text-ink-2">
        at call {example.call}, <span className="code [overflow-wrap:anywhere]">{example.tool}</span>
      </span>
      <span className="min-w-0 text-ink-2">
        by <span className="code [overflow-wrap:anywhere]">{example.clauses.join(', ')}</span>
      </span>
    </li>
  );
}

function Rest({ report }: { report: Report }) {
  const { stoppedUsd, idleChanges } = report;
  if (stoppedUsd === 0 && idleChanges.length === 0) return null;
  return (
    <div className="grid gap-1.5 border-t border-line px-3.5 py-2.5 text-sm text-ink-2">
      {stoppedUsd === 0 ? null : (
        <p>
          Runs that would have waited or been refused went on to spend <Money usd={stoppedUsd} />.
        </p>
      )}
      {idleChanges.length === 0 ? null : (
        <p>
          {plural(idleChanges.length, 'changed clause')} had no effect on any recorded run:{' '}
          <span className="code [overflow-wrap:anywhere]">{idleChanges.join(', ')}</span>
        </p>
      )}
    </div>
  );
}

/** Two digits are enough, and a little less than nothing is nothing. */
function perDay(count: number): string {
  const shown = formatNumber(count, 2);
  return shown === '-0' ? '0' : shown;
}
