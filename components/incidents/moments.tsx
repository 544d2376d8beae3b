'use client';

import { useClock } from '@/components/ui/clock';
import { RelativeTime } from '@/components/ui/relative-time';
import { formatClock, formatDateTime, formatDuration, formatZone } from '@/lib/format';
import { type Interval, LATE_MS } from '@/lib/response/timeline';
import type { IncidentDetail } from '@/lib/services/incidents/get-incident';
import { inTheirOrder } from './in-their-order';

interface Moment {
  title: string;
  /** Null: it has not happened. */
  at: string | null;
  /** What stands there while it has not, or beside the delay when it has. */
  note: string | null;
}

/** When the breach was heard of late: how long it took from then. */
function sinceRecorded(incident: IncidentDetail, at: string): string | null {
  const recorded = Date.parse(incident.openedAt);
  if (recorded - Date.parse(incident.breachedAt) < LATE_MS) return null;
  const took = Date.parse(at) - recorded;
  return took <= 0 ? 'at once when recorded' : `${formatDuration(took)} after recording`;
}

/** The moments of an incident with their delays from the breach. */
export function Moments({ incident }: { incident: IncidentDetail }) {
  const { zone } = useClock();
  const first = (name: string | null | undefined) => name?.split(' ')[0] ?? 'Operator';
  const pages = incident.responses.includes('page');
  const moments: Moment[] = [
    { title: 'Breach', at: incident.breachedAt, note: null },
    // Where telemetry came at once it says nothing.
    ...(Date.parse(incident.openedAt) - Date.parse(incident.breachedAt) < LATE_MS
      ? []
      : [{ title: 'Recorded', at: incident.openedAt, note: null }]),
    {
      title: 'Run paused',
      at: incident.pausedAt,
      note:
        incident.pausedAt === null ? 'the clause does not pause' : sinceRecorded(incident, incident.pausedAt),
    },
    ...rolledBack(incident),
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
    {
      title: 'Verdict',
      at: incident.verdict === 'settled' ? incident.verdictAt : null,
      note:
        incident.verdict === 'differ'
          ? 'sponsor and GRC differ'
          : incident.verdict === 'one'
            ? 'one of sponsor and GRC'
            : incident.verdict === 'none'
              ? 'sponsor and GRC'
              : null,
    },
  ];
  const breach = Date.parse(incident.breachedAt);
  return (
    <ol className="mt-1 mb-4 grid grid-cols-1 text-sm md:auto-cols-fr md:grid-flow-col">
      {inTheirOrder(moments).map((moment) => {
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

function rolledBack({ rollback, responses }: IncidentDetail): Moment[] {
  if (rollback?.state === 'done')
    return [
      {
        title: `Rolled back to v${rollback.to.name}`,
        at: rollback.at,
        note: rollback.unconfirmed
          ? 'for you to confirm'
          : rollback.by === null
            ? 'at once'
            : `by ${rollback.by.split(' ')[0] ?? ''}`,
      },
    ];
  if (rollback?.state === 'reversed')
    return [{ title: 'Rollback reversed', at: rollback.at, note: `v${rollback.from.name} decides again` }];
  if (!responses.includes('roll-back')) return [];
  return [
    {
      title: 'Roll-back',
      at: null,
      note:
        rollback?.state === 'proposed'
          ? `to v${rollback.to.name}, for you to decide`
          : rollback?.state === 'superseded'
            ? 'not needed any more'
            : 'nothing to go back to',
    },
  ];
}

const NAMES = { page: 'Breach to page', acknowledge: 'to acknowledgement', rollback: 'to rollback' } as const;

/** From the breach to what matters, beside what is promised: met, missed, or still running. */
export function Intervals({ incident }: { incident: IncidentDetail }) {
  return (
    <ul aria-label="How long it took" className="mb-5 flex flex-wrap gap-x-5 gap-y-1 text-sm text-ink-2">
      {incident.intervals.map((one) => (
        <li key={one.name}>
          {NAMES[one.name]} <Took interval={one} />
        </li>
      ))}
    </ul>
  );
}

function Took({ interval: { ms, sinceRecordedMs, targetMs } }: { interval: Interval }) {
  const missed = ms !== null && targetMs !== null && ms > targetMs;
  return (
    <>
      <strong className={`font-semibold ${missed ? 'text-critical' : 'text-ink'}`}>
        {ms === null ? 'not yet' : formatDuration(ms)}
      </strong>
      {sinceRecordedMs === null ? '' : `, ${formatDuration(sinceRecordedMs)} of it after recording`}
      {targetMs === null
        ? ''
        : missed
          ? `, over the promised ${formatDuration(targetMs)}`
          : ` (promised: ${formatDuration(targetMs)})`}
    </>
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
