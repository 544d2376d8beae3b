'use client';

import { ExactTime } from '@/components/ui/relative-time';
import { FactRows, Sheet } from '@/components/ui/sheet';
import { formatDuration } from '@/lib/format';
import type { RunDetail } from '@/lib/services/runs/get-run';
import { RunStatus } from './run-status';

/** Stopping is three facts and pausing two; each is shown only as far as it is known. */
export function StopFacts({
  run,
}: {
  run: Pick<RunDetail, 'stop' | 'pause' | 'status' | 'record' | 'waitedMs'>;
}) {
  const { stop, pause } = run;
  const asked = run.record.findLast((entry) => entry.action === 'run.stop-requested');
  const paused = run.record.findLast((entry) => entry.action === 'run.paused');
  const pausedBy = paused?.actor === 'person' ? paused : undefined;
  return (
    <Sheet title="The run now">
      <FactRows
        rows={[
          { name: 'Status', value: <RunStatus status={run.status} /> },
          ...(pause.pausedAt === null
            ? []
            : [
                {
                  name: pausedBy === undefined ? 'Paused' : `Paused by ${pausedBy.actorName}`,
                  key: 'paused',
                  value: <ExactTime at={pause.pausedAt} precision="millisecond" />,
                },
                {
                  name: 'Heard by the agent',
                  value: (
                    <Fact
                      at={pause.acknowledgedAt}
                      otherwise={run.status === 'paused' ? 'not yet' : 'never'}
                    />
                  ),
                  key: 'pause-heard',
                },
              ]),
          ...(run.waitedMs === 0 ? [] : [{ name: 'Waited for people', value: formatDuration(run.waitedMs) }]),
          ...(stop.requestedAt === null
            ? []
            : [
                {
                  name: `Stop requested${asked === undefined ? '' : ` by ${asked.actorName}`}`,
                  value: <ExactTime at={stop.requestedAt} precision="millisecond" />,
                },
                {
                  name: 'Acknowledged by the agent',
                  value: (
                    <Fact
                      at={stop.acknowledgedAt}
                      otherwise={stop.confirmedAt === null ? 'not yet' : 'never'}
                    />
                  ),
                },
                { name: 'Confirmed stopped', value: <Fact at={stop.confirmedAt} otherwise="not yet" /> },
              ]),
        ]}
      />
    </Sheet>
  );
}

function Fact({ at, otherwise }: { at: string | null; otherwise: string }) {
  return at === null ? (
    <span className="text-ink-3">{otherwise}</span>
  ) : (
    <ExactTime at={at} precision="millisecond" />
  );
}
