import Link from 'next/link';
import { ClauseName } from '@/components/runs/links';
import { RunStatus } from '@/components/runs/run-status';
import { Band } from '@/components/ui/band';
import { RelativeTime } from '@/components/ui/relative-time';
import { Sheet, SheetFoot } from '@/components/ui/sheet';
import { formatPercent } from '@/lib/format';
import type { SimilarRun } from '@/lib/services/incidents/get-similar-runs';

/** Earlier runs of the agent most like this one, and how each ended. */
export function SimilarSheet({ runs }: { runs: readonly SimilarRun[] }) {
  if (runs.length === 0)
    return (
      <Sheet title="Similar runs before" label="none">
        <p className="px-3.5 py-3 text-sm text-ink-2">
          No earlier run of this agent has much in common with it.
        </p>
      </Sheet>
    );
  return (
    <Sheet title="Similar runs before">
      <ul className="text-sm">
        {runs.map((run) => (
          <li key={run.key} className="grid gap-0.5 border-b border-line px-3.5 py-2 last:border-b-0">
            <div className="flex flex-wrap items-baseline justify-between gap-x-3">
              <Link
                href={`/runs/${encodeURIComponent(run.key)}`}
                className="prose-link code [overflow-wrap:anywhere]"
              >
                {run.key}
              </Link>
              <span className="text-xs text-ink-2">
                {formatPercent(1 - run.distance.total, 0)} alike, <RelativeTime at={run.startedAt} />
              </span>
            </div>
            <p className="flex flex-wrap items-baseline gap-x-3 text-xs text-ink-2">
              <RunStatus status={run.status} />
              {run.clauses.length === 0 ? (
                <span>broke no clause</span>
              ) : (
                <>
                  <Band band={run.band} />
                  <span className="code [overflow-wrap:anywhere]">
                    <ClauseName clause={run.clauses[0] ?? ''} />
                    {run.clauses.length === 1 ? '' : ` and ${run.clauses.length - 1} more`}
                  </span>
                </>
              )}
              {run.incident === null ? null : (
                <Link href={`/incidents/${run.incident.number}`} className="prose-link">
                  INC-{run.incident.number}, {ended(run.incident)}
                </Link>
              )}
            </p>
          </li>
        ))}
      </ul>
      <SheetFoot>
        Alike by the clauses broken, tools called, data touched and the order of the calls.
      </SheetFoot>
    </Sheet>
  );
}

function ended({ state, resolution }: NonNullable<SimilarRun['incident']>): string {
  if (state !== 'resolved') return state;
  return resolution === 'stopped' ? 'run stopped' : resolution === 'resumed' ? 'run resumed' : 'resolved';
}
