import type { Band } from '@/lib/contract/schema';
import { formatDuration } from '@/lib/format';
import { type Piece, type Told, wordsOf } from './timeline-words';

/** An entry of the audit log that is about the incident, its runs, or what came of them. */
export interface TimelineEntry extends Told {
  id: number;
  /** ISO 8601. */
  at: string;
}

export interface TimelineBreach {
  id: string;
  /** When the run did it, and when that was recorded. */
  at: string;
  recordedAt: string;
  clause: string;
  severity: Band;
  message: string;
  run: string;
}

/** An attempt to deliver a page that failed; those that arrived are in the audit log. */
export interface FailedDelivery {
  id: string;
  at: string;
  channel: string;
  recipient: string;
  attempt: number;
  error: string;
}

export interface TimelineFacts {
  /** In the order of their numbers. */
  entries: readonly TimelineEntry[];
  breaches: readonly TimelineBreach[];
  failed: readonly FailedDelivery[];
}

export interface Moment {
  key: string;
  at: string;
  who: 'person' | 'agent' | 'machine';
  words: Piece[];
  /** The audit entry it is told from, and its action; null for what was read from the run and from deliveries. */
  entry: number | null;
  action: string | null;
}

export interface Timeline {
  moments: Moment[];
  /** Moments between the first and the last ones that are left out. */
  left: number;
}

/** More than this is not read by anybody; what is left out stands in the middle and is counted. */
export const MOST_MOMENTS = 300;

const CHANNELS: Record<string, string> = {
  'in-app': 'in the app',
  mail: 'by e-mail',
  webhook: 'by webhook',
  slack: 'by Slack',
  pagerduty: 'by PagerDuty',
};

/**
 * What happened, in order: when the run broke what, when that was recorded and how it was classified, and what people and
 * Countersign did about it. Of equal times breaches come first, then entries by their numbers.
 */
export function timeline({ entries, breaches, failed }: TimelineFacts): Timeline {
  const all: (Moment & { rank: number })[] = [];
  for (const breach of breaches)
    all.push({
      key: `breach ${breach.id}`,
      at: breach.at,
      who: 'agent',
      words: [`${breach.message}, against clause `, { clause: breach.clause }, '.'],
      entry: null,
      action: null,
      rank: 0,
    });
  for (const breach of classified(breaches))
    all.push({
      key: `recorded ${breach.id}`,
      at: breach.recordedAt,
      who: 'machine',
      words: [
        `Recorded ${formatDuration(Math.max(0, Date.parse(breach.recordedAt) - Date.parse(breach.at)))} after it happened, and classified as ${breach.severity}.`,
      ],
      entry: null,
      action: null,
      rank: 1,
    });
  for (const entry of entries)
    all.push({
      key: `entry ${entry.id}`,
      at: entry.at,
      who: entry.actor === 'person' ? 'person' : entry.actor === 'key' ? 'agent' : 'machine',
      words: wordsOf(entry),
      entry: entry.id,
      action: entry.action,
      rank: 2,
    });
  for (const one of failed)
    all.push({
      key: `attempt ${one.id}`,
      at: one.at,
      who: 'machine',
      words: [
        `Attempt ${one.attempt} to deliver the page ${CHANNELS[one.channel] ?? one.channel} to `,
        { person: one.recipient },
        ` failed: ${one.error}`,
      ],
      entry: null,
      action: null,
      rank: 3,
    });
  all.sort(
    (a, b) =>
      Date.parse(a.at) - Date.parse(b.at) ||
      a.rank - b.rank ||
      (a.entry ?? 0) - (b.entry ?? 0) ||
      (a.key < b.key ? -1 : 1),
  );
  const moments = all.map(({ rank: _, ...moment }) => moment);
  if (moments.length <= MOST_MOMENTS) return { moments, left: 0 };
  const half = MOST_MOMENTS / 2;
  return {
    moments: [...moments.slice(0, half), ...moments.slice(-half)],
    left: moments.length - MOST_MOMENTS,
  };
}

/** The worst breach that was first in at each moment of recording: what Countersign made of it then. */
function classified(breaches: readonly TimelineBreach[]): TimelineBreach[] {
  const order: readonly Band[] = ['low', 'medium', 'high', 'critical'];
  const worst = new Map<string, TimelineBreach>();
  for (const breach of breaches) {
    const key = `${breach.run} ${breach.recordedAt}`;
    const known = worst.get(key);
    if (known === undefined || order.indexOf(breach.severity) > order.indexOf(known.severity))
      worst.set(key, breach);
  }
  return [...worst.values()];
}

/** Design's targets of operation, milliseconds. */
export const PAGE_WITHIN_MS = 4 * 60_000;
export const ROLL_BACK_WITHIN_MS = 90_000;

export interface Interval {
  name: 'page' | 'acknowledge' | 'rollback';
  /** Milliseconds from the breach; null: it has not come to that. */
  ms: number | null;
  /** From when the breach was recorded, where telemetry came later than the time it takes to act on it. */
  sinceRecordedMs: number | null;
  /** What is promised, milliseconds; null: nothing is. */
  targetMs: number | null;
}

export interface Times {
  breachedAt: string;
  openedAt: string;
  pagedAt: string | null;
  acknowledgedAt: string | null;
  rolledBackAt: string | null;
  /** Whether the failure clause asks for it. */
  pages: boolean;
  rollsBack: boolean;
}

/** Telemetry that came later than this is told apart from what was done about it, milliseconds. */
export const LATE_MS = 10_000;

/** How long it took from the breach to what matters, beside what is promised. What the clause does not ask for is left out. */
export function intervals(times: Times): Interval[] {
  const breach = Date.parse(times.breachedAt);
  const recorded = Date.parse(times.openedAt);
  const late = recorded - breach >= LATE_MS;
  const took = (name: Interval['name'], at: string | null, targetMs: number | null): Interval => ({
    name,
    ms: at === null ? null : Math.max(0, Date.parse(at) - breach),
    sinceRecordedMs: at === null || !late ? null : Math.max(0, Date.parse(at) - recorded),
    targetMs,
  });
  return [
    ...(times.pages || times.pagedAt !== null ? [took('page', times.pagedAt, PAGE_WITHIN_MS)] : []),
    took('acknowledge', times.acknowledgedAt, null),
    ...(times.rollsBack || times.rolledBackAt !== null
      ? [took('rollback', times.rolledBackAt, ROLL_BACK_WITHIN_MS)]
      : []),
  ];
}
