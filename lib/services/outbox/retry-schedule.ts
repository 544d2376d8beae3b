const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** The schedule Standard Webhooks recommends: how long to wait after the first, second … failed attempt. */
export const RETRY_AFTER_MS: readonly number[] = [
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
];
/** Of what pages people: a page that comes after the next step of its escalation path is none. As many attempts. */
export const PAGE_RETRY_AFTER_MS: readonly number[] = [
  5 * SECOND,
  15 * SECOND,
  45 * SECOND,
  2 * MINUTE,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
];
/** The first attempt is made at once. */
export const MAX_ATTEMPTS = RETRY_AFTER_MS.length + 1;
/** Up to a tenth longer, so that deliveries that failed together do not come back together. */
const JITTER = 0.1;
/** A receiver may ask for more time, within reason. */
const MAX_RETRY_AFTER_MS = 24 * HOUR;

/**
 * Milliseconds to wait after so many failed attempts, or null when that was the last. `askedMs` is what the receiver
 * asked for with Retry-After: it can lengthen the wait, never shorten it. `random` is in [0, 1).
 */
export function retryDelayMs(
  { attempts, isPage }: { attempts: number; isPage: boolean },
  askedMs: number | null,
  random: number,
): number | null {
  const scheduled = (isPage ? PAGE_RETRY_AFTER_MS : RETRY_AFTER_MS)[attempts - 1];
  if (scheduled === undefined) return null;
  const asked = Math.min(askedMs ?? 0, MAX_RETRY_AFTER_MS);
  return Math.round(Math.max(scheduled, asked) * (1 + JITTER * random));
}

/** Retry-After is seconds or an HTTP date; anything else is as if it were not there. */
export function parseRetryAfter(header: string | undefined, now: Date): number | null {
  if (header === undefined) return null;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * SECOND;
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, at - now.getTime());
}
