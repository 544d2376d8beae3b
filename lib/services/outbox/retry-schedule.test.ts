import { describe, expect, it } from 'vitest';
import {
  MAX_ATTEMPTS,
  PAGE_RETRY_AFTER_MS,
  parseRetryAfter,
  RETRY_AFTER_MS,
  retryDelayMs,
} from './retry-schedule';

const failedTimes = (attempts: number) => ({ attempts, isPage: false });

describe('the retry schedule', () => {
  it('is the one Standard Webhooks recommends, over about three days', () => {
    expect(RETRY_AFTER_MS.map((ms) => ms / 1000)).toEqual([
      5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400,
    ]);
    expect(retryDelayMs(failedTimes(1), null, 0)).toBe(5000);
    expect(retryDelayMs(failedTimes(1), null, 0.999)).toBeLessThan(5501);
  });

  it('tries a page four times more within the first four minutes, and as often in all', () => {
    const first = [1, 2, 3, 4].map((attempts) => retryDelayMs({ attempts, isPage: true }, null, 0.999) ?? 0);
    expect(first.reduce((sum, ms) => sum + ms, 0)).toBeLessThan(4 * 60_000);
    expect(PAGE_RETRY_AFTER_MS).toHaveLength(MAX_ATTEMPTS - 1);
    expect(retryDelayMs({ attempts: MAX_ATTEMPTS, isPage: true }, null, 0)).toBeNull();
  });

  it('ends after the tenth attempt', () => {
    expect(retryDelayMs(failedTimes(MAX_ATTEMPTS - 1), null, 0)).toBe(86_400_000);
    expect(retryDelayMs(failedTimes(MAX_ATTEMPTS), null, 0)).toBeNull();
  });

  it('waits longer when the receiver asks, never shorter, and at most a day', () => {
    expect(retryDelayMs(failedTimes(1), 60_000, 0)).toBe(60_000);
    expect(retryDelayMs(failedTimes(2), 1000, 0)).toBe(300_000);
    expect(retryDelayMs(failedTimes(1), 1e12, 0)).toBe(86_400_000);
  });

  it('reads Retry-After as seconds or a date, and nothing else', () => {
    const now = new Date('2026-11-21T10:00:00Z');
    expect(parseRetryAfter('120', now)).toBe(120_000);
    expect(parseRetryAfter('Sat, 21 Nov 2026 10:00:30 GMT', now)).toBe(30_000);
    expect(parseRetryAfter('Sat, 21 Nov 2026 09:00:00 GMT', now)).toBe(0);
    expect(parseRetryAfter('soon', now)).toBeNull();
    expect(parseRetryAfter(undefined, now)).toBeNull();
  });
});
