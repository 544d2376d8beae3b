import { describe, expect, it } from 'vitest';
import { endOfDay } from './end-of-day';

describe('the end of a day', () => {
  it('is midnight where the workspace is', () => {
    expect(endOfDay('2026-11-30', 'UTC')).toBe('2026-11-30T23:59:59.999Z');
    expect(endOfDay('2026-11-30', 'Europe/Berlin')).toBe('2026-11-30T22:59:59.999Z');
    expect(endOfDay('2026-07-01', 'Europe/Berlin')).toBe('2026-07-01T21:59:59.999Z');
    expect(endOfDay('2026-11-30', 'Asia/Kolkata')).toBe('2026-11-30T18:29:59.999Z');
    expect(endOfDay('2026-11-30', 'America/Los_Angeles')).toBe('2026-12-01T07:59:59.999Z');
  });

  it('holds on days when clocks change', () => {
    expect(endOfDay('2026-10-25', 'Europe/Berlin')).toBe('2026-10-25T22:59:59.999Z');
    expect(endOfDay('2026-03-29', 'Europe/Berlin')).toBe('2026-03-29T21:59:59.999Z');
  });

  it('is not there for what is no day', () => {
    for (const text of ['', '30.11.2026', '2026-13-01', '2026-11-30T00:00:00Z'])
      expect(endOfDay(text, 'UTC')).toBeNull();
  });
});
