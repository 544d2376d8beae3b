import { afterEach, expect, test, vi } from 'vitest';
import { newId } from './id';

afterEach(() => void vi.useRealTimers());

test('an id is a UUID of version 7 that tells when it was made', () => {
  const before = Date.now();
  for (let round = 0; round < 2000; round += 1) {
    const id = newId();
    // RFC 9562: version 7, variant binary 10.
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    const made = Number.parseInt(id.slice(0, 13).replace('-', ''), 16);
    expect(made).toBeGreaterThanOrEqual(before);
    expect(made).toBeLessThanOrEqual(Date.now());
  }
});

test('ids sort in the order they were made, however many are of one millisecond', () => {
  const ids = Array.from({ length: 50_000 }, newId);
  expect(new Set(ids).size).toBe(ids.length);
  expect([...ids].sort()).toEqual(ids);
});

test('a clock that is set back makes no id smaller than those before', () => {
  vi.useFakeTimers();
  vi.setSystemTime(Date.now() + 60_000);
  const before = newId();
  vi.setSystemTime(Date.now() - 30_000);
  expect(newId() > before).toBe(true);
});
