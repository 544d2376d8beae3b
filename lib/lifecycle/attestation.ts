const DAY = 86_400_000;

export interface Attestation {
  /** YYYY-MM-DD: from the day after, it is overdue. */
  dueOn: string;
  /** Days from today to the due day; negative when overdue. */
  inDays: number;
  overdue: boolean;
}

/** The day of a moment (ms since 1970) in a time zone, as YYYY-MM-DD. */
export function dayIn(at: number, zone: string): string {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).formatToParts(at);
  const part = (type: string) => parts.find((each) => each.type === type)?.value ?? '';
  return `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}`;
}

/**
 * When what was agreed is to be attested again (G6): so many days after it last was, counted in days of the workspace's
 * time zone. `since` is the day it last was.
 */
export function attestationDue(since: string, everyDays: number, now: number, zone: string): Attestation {
  const due = Math.min(
    Date.parse(`${since}T00:00:00Z`) + everyDays * DAY,
    Date.parse('9999-12-31T00:00:00Z'),
  );
  const inDays = Math.round((due - Date.parse(`${dayIn(now, zone)}T00:00:00Z`)) / DAY);
  return { dueOn: new Date(due).toISOString().slice(0, 10), inDays, overdue: inDays < 0 };
}
