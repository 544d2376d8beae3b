import Link from 'next/link';
import { ClauseName, runHref } from '@/components/runs/links';
import { RunStatus } from '@/components/runs/run-status';
import { RelativeTime } from '@/components/ui/relative-time';
import { Sheet, SheetFoot } from '@/components/ui/sheet';
import { formatCount, plural } from '@/lib/format';
import type { IncidentDetail } from '@/lib/services/incidents/get-incident';

/** The runs that broke the same clause and joined; nothing where it is about one. */
export function IncidentRuns({ incident }: { incident: IncidentDetail }) {
  const { runs, runCount } = incident;
  if (runCount < 2) return null;
  const waiting = runs.filter((run) => run.waits).length;
  return (
    <Sheet
      title={`${formatCount(runCount)} runs are in this`}
      label={
        waiting === 0
          ? 'none waits'
          : `${formatCount(waiting)}${runs.length < runCount ? ' or more' : ''} wait`
      }
    >
      <ul className="text-sm">
        {runs.map((run) => (
          <li
            key={run.id}
            className="flex flex-wrap items-baseline justify-between gap-x-3 border-b border-line px-3.5 py-1.5 last:border-b-0"
          >
            <Link href={runHref(run)} className="prose-link code [overflow-wrap:anywhere]">
              {run.key}
            </Link>
            <span className="flex flex-wrap items-baseline gap-x-3 text-xs text-ink-2">
              <span>
                <RelativeTime at={run.breachedAt} />
                {run.breaches > 1 ? `, ${plural(run.breaches, 'breach', 'breaches')}` : ''}
              </span>
              {run.clause === incident.clause ? null : (
                <span className="code">
                  <ClauseName clause={run.clause} />
                </span>
              )}
              <RunStatus status={run.status} />
            </span>
          </li>
        ))}
      </ul>
      {runs.length < runCount ? <SheetFoot>And {formatCount(runCount - runs.length)} more.</SheetFoot> : null}
    </Sheet>
  );
}
