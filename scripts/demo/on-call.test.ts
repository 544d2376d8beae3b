import { expect, test } from 'vitest';
import { mondayBefore } from './on-call';

test('the demo’s rotation begins on the Monday whose handover has been', () => {
  // Saturday; Monday before and after nine in Berlin; Sunday night.
  expect(mondayBefore(Date.parse('2026-11-21T18:00:00Z'))).toBe('2026-11-16');
  expect(mondayBefore(Date.parse('2026-11-23T07:59:59Z'))).toBe('2026-11-16');
  expect(mondayBefore(Date.parse('2026-11-23T08:00:00Z'))).toBe('2026-11-23');
  expect(mondayBefore(Date.parse('2026-11-22T23:59:59Z'))).toBe('2026-11-16');
});
