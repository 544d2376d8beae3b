import { describe, expect, it } from 'vitest';
import { attestationDue, dayIn } from './attestation';

const at = (text: string) => Date.parse(text);

describe('the day of a moment', () => {
  it('is that of the workspace, on both sides of midnight and of a change of clocks', () => {
    expect(dayIn(at('2026-11-20T23:30:00Z'), 'Europe/Berlin')).toBe('2026-11-21');
    expect(dayIn(at('2026-11-20T23:30:00Z'), 'America/New_York')).toBe('2026-11-20');
    expect(dayIn(at('2026-10-25T00:30:00Z'), 'Europe/Berlin')).toBe('2026-10-25');
  });
});

describe('an attestation', () => {
  it('is due so many days after the last, and overdue from the day after', () => {
    const due = (now: string) => attestationDue('2026-08-01', 90, at(now), 'Europe/Berlin');
    expect(due('2026-10-20T10:00:00Z')).toEqual({ dueOn: '2026-10-30', inDays: 10, overdue: false });
    expect(due('2026-10-30T20:00:00Z')).toEqual({ dueOn: '2026-10-30', inDays: 0, overdue: false });
    expect(due('2026-10-30T23:30:00Z')).toEqual({ dueOn: '2026-10-30', inDays: -1, overdue: true });
  });

  it('of a contract that says never in a thousand years is at the end of time', () => {
    expect(attestationDue('2026-08-01', 4_000_000, at('2026-08-01T00:00:00Z'), 'UTC').dueOn).toBe(
      '9999-12-31',
    );
  });
});
