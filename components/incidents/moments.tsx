'use client';

import { useClock } from '@/components/ui/clock';
import { RelativeTime } from '@/components/ui/relative-time';
import { formatClock, formatDateTime, formatDuration, formatZone } from '@/lib/format';
import type { IncidentDetail } from '@/lib/services/incidents/get-incident';

interface Moment {
  title: string;
  /** Null: it has not happened. */
  at: string | null;
  /** What stands there while it has not, or beside the delay when it has. */
  note: string | null;
}

/** Telemetry that came later than this is told apart from what was done about it. */
const LATE_MS = 10_000;

/** When the breach was heard of late: how long it took from then. */
function sinceRecorded(incident: IncidentDetail, at: string): string | null {
  const recorded = Date.parse(incident.openedAt);
  if (recorded - Date.parse(incident.breachedAt) < LATE_MS) return null;
  const took = Date.parse(at) - recorded;
  return took <= 0 ? 'at once when recorded' : `${formatDuration(took)} after recording`;
}

/** The six moments of an incident with their delays from the breach. */
export function Moments({ incident }: { incident: IncidentDetail }) {
  const { zone } = useClock();
  const first = (name: string | null | undefined) => name?.split(' ')[0] ?? 'Operator';
  const pages = incident.responses.includes('page');
  const moments: Moment[] = [
    { title: 'Breach', at: incident.breachedAt, note: null },
    { title: 'Recorded', at: incident.openedAt, note: null },
    {
      title: 'Run paused',
      at: incident.pausedAt,
      note:
        incident.pausedAt === null ? 'the clause does not pause' : sinceRecorded(incident, incident.pausedAt),
    },
    {
      title: `${first(incident.operator)} paged`,
      at: incident.pagedAt,
      note:
        incident.pagedAt !== null
          ? sinceRecorded(incident, incident.pagedAt)
          : pages
            ? 'nobody reached yet'
            : 'the clause does not page',
    },
    {
      title: 'Acknowledged',
      at: incident.acknowledgedAt,
      note:
        incident.acknowledgedAt === null
          ? `waits for ${first(incident.operator)}`
          : `by ${first(incident.acknowledgedBy)}`,
    },
    {
      title:
        incident.resolution === 'stopped'
          ? 'Run stopped'
          : incident.resolution === 'resumed'
            ? 'Run resumed'
            : 'Resolved',
      at: incident.resolvedAt,
      note: incident.resolvedAt === null ? 'resume or stop the run' : `by ${first(incident.resolvedBy)}`,
    },
  ];
  const breach = Date.parse(incident.breachedAt);
  return (
    <ol className="mt-1 mb-5 grid grid-cols-1 text-sm md:grid-cols-6">
      {moments.map((moment) => {
        const done = moment.at !== null;
        return (
          <li
            key={moment.title}
            className={`relative border-l-2 pb-2.5 pl-3.5 before:absolute before:top-[5px] before:-left-[5px] before:size-2 before:rounded-full md:border-t-2 md:border-l-0 md:py-2.5 md:pr-3 md:pl-0 md:before:-top-[5px] md:before:left-0 ${
              done ? 'border-ink before:bg-ink' : 'border-line-strong before:bg-line-strong'
            }`}
          >
            <strong className={`block font-semibold ${done ? '' : 'text-ink-2'}`}>
              {moment.title}
              {done ? null : <span className="sr-only">: not yet</span>}
            </strong>
            <span className="text-ink-2">
              {moment.at === null ? (
                moment.note
              ) : moment.title === 'Breach' ? (
                <time dateTime={moment.at} title={formatDateTime(moment.at, zone, 'millisecond')}>
                  {formatClock(moment.at, zone, 'millisecond')} {formatZone(moment.at, zone)}
                </time>
              ) : (
                <time dateTime={moment.at} title={formatDateTime(moment.at, zone, 'millisecond')}>
                  +{formatDuration(Math.max(0, Date.parse(moment.at) - breach))}
                  {moment.note === null ? '' : `, ${moment.note}`}
                </time>
              )}
            </span>
          </li>
        );
      })}
    </ol>
  );
}

/** "for 12 min" while nobody has taken it on. */
export function WaitsSince({ incident }: { incident: IncidentDetail }) {
  if (incident.state !== 'open') return null;
  return (
    <span className="text-critical">
      opened <RelativeTime at={incident.openedAt} />, nobody has acknowledged it
    </span>
  );
}
