import { LiveRefresh } from '@/components/shell/live-refresh';
import { Callout } from '@/components/ui/callout';
import { EmptyState } from '@/components/ui/empty-state';
import { RelativeTime } from '@/components/ui/relative-time';
import { Sheet, SheetBody } from '@/components/ui/sheet';
import { formatCount } from '@/lib/format';
import type { BacktestsOf, BacktestView } from '@/lib/services/backtests/get-backtest';
import { BacktestReport } from './backtest-report';
import { CancelBacktest, StartBacktest } from './run-backtest';

/** The backtests of a version or a draft: begin one, see it work, read its report. */
export function BacktestPanel({
  agent,
  of,
  data,
  revision,
}: {
  /** The name it goes by in telemetry. */
  agent: string;
  of: { version: number } | { draft: string };
  data: BacktestsOf;
  /** Of a draft: the revision it is at now, so that an older report says so. */
  revision?: number;
}) {
  const { latest, report, mayRun } = data;
  const running = latest?.state === 'running' ? latest : null;
  const stale =
    report !== null &&
    revision !== undefined &&
    report.draftRevision !== null &&
    report.draftRevision < revision;
  return (
    <div className="grid min-w-0 gap-3">
      <LiveRefresh topics={['backtest']} />
      {running !== null ? (
        <UnderWay running={running} mayCancel={mayRun} />
      ) : (
        <>
          {latest === null ? null : <Ended latest={latest} />}
          {report?.report === null || report === null ? (
            <Sheet title="Replayed over what really happened">
              <EmptyState
                title="Not replayed yet"
                action={mayRun ? <StartBacktest agent={agent} of={of} /> : undefined}
              >
                A backtest puts every recorded call of the agent to this{' '}
                {'version' in of ? 'version' : 'draft'} and tells which runs would have gone otherwise.
              </EmptyState>
            </Sheet>
          ) : null}
        </>
      )}
      {report === null || report.report === null ? null : (
        <>
          <BacktestReport report={report.report} digest={report.reportDigest} />
          <div className="flex flex-wrap items-center justify-between gap-3 text-sm text-ink-2">
            <p>
              {report.startedBy ?? 'Countersign'} ran it{' '}
              <RelativeTime at={report.endedAt ?? report.startedAt} />
              {stale ? '; the draft has changed since' : ''}
            </p>
            {mayRun && running === null ? <StartBacktest agent={agent} of={of} again /> : null}
          </div>
        </>
      )}
    </div>
  );
}

function UnderWay({ running, mayCancel }: { running: BacktestView; mayCancel: boolean }) {
  const { id, runsDone, runsTotal } = running;
  return (
    <Sheet
      title="Replaying what really happened"
      label={`${formatCount(runsDone)} of ${formatCount(runsTotal)} runs`}
    >
      <SheetBody className="flex flex-wrap items-center gap-4">
        <progress
          className="h-1.5 min-w-40 flex-1 accent-(--accent)"
          aria-label="Runs replayed"
          max={Math.max(1, runsTotal)}
          value={runsDone}
        />
        {mayCancel ? <CancelBacktest id={id} /> : null}
      </SheetBody>
    </Sheet>
  );
}

function Ended({ latest }: { latest: BacktestView }) {
  if (latest.state === 'failed')
    return (
      <Callout tone="critical" title="The last backtest failed">
        {latest.problem}
      </Callout>
    );
  if (latest.state === 'interrupted')
    return (
      <Callout tone="medium" title="The last backtest was cut off">
        The dashboard was restarted while it worked, after {formatCount(latest.runsDone)} of{' '}
        {formatCount(latest.runsTotal)} runs. Run it again.
      </Callout>
    );
  if (latest.state === 'cancelled')
    return (
      <p className="text-sm text-ink-2">
        The last backtest was cancelled <RelativeTime at={latest.endedAt ?? latest.startedAt} />.
      </p>
    );
  return null;
}
