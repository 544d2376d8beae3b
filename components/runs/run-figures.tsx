'use client';

import { bandColour } from '@/components/ui/band';
import { Duration, Money } from '@/components/ui/measure';
import { Tag } from '@/components/ui/tag';
import { formatDuration, formatMoney, formatNumber, plural } from '@/lib/format';
import type { RunRow } from '@/lib/services/runs/run-row';

/** What is told of a run beside its name, only when there is something to tell. */
export function RunMarks({ run }: { run: RunRow }) {
  return (
    <>
      {run.incident === null ? null : <Tag tone="critical">INC-{run.incident.number}</Tag>}
      {run.unknownTools.length === 0 ? null : (
        <span className="relative z-10" title={`Not in the contract: ${run.unknownTools.join(', ')}`}>
          <Tag tone="medium">
            ?<span className="sr-only"> {plural(run.unknownTools.length, 'unknown tool')}</span>
          </Tag>
        </span>
      )}
    </>
  );
}

/** The cost of a run in words, for a line of text. */
export function costText(run: Pick<RunRow, 'costUsd' | 'unpricedCalls' | 'modelCalls'>): string {
  if (run.unpricedCalls === 0) return formatMoney(run.costUsd);
  return run.costUsd === 0 ? 'unpriced' : `over ${formatMoney(run.costUsd)}`;
}

/** A figure of a run that nothing was recorded of. */
export function Unknown() {
  return <span className="text-ink-3">–</span>;
}

/** Risk in points, beside what the contract calls critical. */
export function RunRisk({ run }: { run: Pick<RunRow, 'band' | 'risk' | 'riskLimit'> }) {
  if (run.band === null) return <Unknown />;
  return (
    <span title={run.riskLimit === null ? undefined : `Critical from ${formatNumber(run.riskLimit, 1)}`}>
      <span className={run.band === 'low' ? '' : bandColour(run.band)}>{formatNumber(run.risk, 1)}</span>
      {run.riskLimit === null ? null : (
        <span className="text-ink-3 max-md:hidden"> of {formatNumber(run.riskLimit, 1)}</span>
      )}
    </span>
  );
}

/** How long a run took in words, for a line of text: what it waited for people is told apart. */
export function durationText(run: Pick<RunRow, 'durationMs' | 'waitedMs'>): string {
  if (run.waitedMs === 0) return formatDuration(run.durationMs);
  return `${formatDuration(run.durationMs)} of work, ${formatDuration(run.waitedMs)} waiting`;
}

/** How long a run took, without what it waited for people. */
export function RunDuration({ run }: { run: Pick<RunRow, 'band' | 'durationMs' | 'waitedMs'> }) {
  if (run.band === null) return <Unknown />;
  if (run.waitedMs === 0) return <Duration ms={run.durationMs} />;
  return <span title={durationText(run)}>{formatDuration(run.durationMs)}</span>;
}

/** The cost of a run; says when a part of it has no price. */
export function RunCost({ run }: { run: Pick<RunRow, 'band' | 'costUsd' | 'unpricedCalls' | 'modelCalls'> }) {
  if (run.band === null) return <Unknown />;
  if (run.unpricedCalls === 0) return <Money usd={run.costUsd} />;
  if (run.costUsd === 0) return <Money usd={null} />;
  return (
    <span title={`${plural(run.unpricedCalls, 'model call')} without a price`}>
      over <Money usd={run.costUsd} />
    </span>
  );
}
