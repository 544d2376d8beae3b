import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sha256Hex } from '@/lib/evidence/digest';
import { RowOccurrences } from './row-occurrences';

test('rows of a file are told apart, and each time the same one comes it is the next of its kind', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 3000 }), { maxLength: 6000, size: 'max' }), (rows) => {
      const counted = new RowOccurrences();
      const expected = new Map<number, number>();
      for (const row of rows) {
        const nth = (expected.get(row) ?? 0) + 1;
        expected.set(row, nth);
        expect(counted.next(sha256Hex(String(row)))).toBe(nth);
      }
    }),
    { numRuns: 10 },
  );
});

test('digests of nothing but zeros are counted as any other', () => {
  const counted = new RowOccurrences();
  expect([1, 2, 3].map(() => counted.next('0'.repeat(64)))).toEqual([1, 2, 3]);
  expect(counted.next('f'.repeat(64))).toBe(1);
});

test('a hundred thousand different rows take no more than 32 bytes each', () => {
  const counted = new RowOccurrences();
  const digests = Array.from({ length: 100_000 }, (_, row) => sha256Hex(`row ${row}`));
  for (const digest of digests) counted.next(digest);
  expect(counted.bytes).toBeLessThanOrEqual(32 * digests.length);
  for (const digest of digests.slice(0, 1000)) expect(counted.next(digest)).toBe(2);
});
