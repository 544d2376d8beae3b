import { describe, expect, it } from 'vitest';
import { MAX_ATTEMPTS, parseRetryAfter, RETRY_AFTER_MS, retryDelayMs } from './retry-schedule';

describe('the retry schedule', () => {
  it('is the one Standard Webhooks recommends, over about three days', () => {
    expect(RETRY_AFTER_MS.map((ms) => ms / 1000)).toEqual([
      5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400,
    ]);
    expect(retryDelayMs(1, null, 0)).toBe(5000);
    expect(retryDelayMs(1, null, 0.999)).toBeLessThan(5501);
  });

  it('ends after the tenth attempt', () => {
    expect(retryDelayMs(MAX_ATTEMPTS - 1, null, 0)).toBe(86_400_000);
    expect(retryDelayMs(MAX_ATTEMPTS, null, 0)).toBeNull();
  });

  it('waits longer when the receiver asks, never shorter, and at most a day', () => {
    expect(retryDelayMs(1, 60_000, 0)).toBe(60_000);
    expect(retryDelayMs(2, 1000, 0)).toBe(300_000);
    expect(retryDelayMs(1, 1e12, 0)).toBe(86_400_000);
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
