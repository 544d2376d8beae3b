/** So many pages a minute go to one person or channel one by one; what comes faster is told as one. */
const PAGES_A_MINUTE = 3;
export const STORM_MS = 60_000;
/** How long a digest collects before it is sent. */
export const DIGEST_MS = 30_000;

/** What one receiver was told lately. */
export interface Lately {
  /** Pages of their own within the last minute. */
  alone: number;
  /** A digest that still collects. */
  openDigest: string | null;
  /** A digest was sent within the last minute: the storm goes on. */
  digested: boolean;
}

/** Whether a further page goes out by itself, joins the digest that collects, or begins one. */
export function placeOf(lately: Lately): 'alone' | 'new-digest' | { join: string } {
  if (lately.openDigest !== null) return { join: lately.openDigest };
  return lately.digested || lately.alone >= PAGES_A_MINUTE ? 'new-digest' : 'alone';
}
