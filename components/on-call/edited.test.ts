import { expect, test } from 'vitest';
import { moved, newLayer, withItem, without } from './edited';

test('a new rotation begins on the Monday of this week', () => {
  // 21 November 2026 is a Saturday, 22 November a Sunday.
  expect(newLayer('a', 'A', '2026-11-21').startsOn).toBe('2026-11-16');
  expect(newLayer('a', 'A', '2026-11-22').startsOn).toBe('2026-11-16');
  expect(newLayer('a', 'A', '2026-11-23').startsOn).toBe('2026-11-23');
});

test('turns are moved, changed and taken out by their place', () => {
  expect(moved(['a', 'b', 'c'], 2, -1)).toEqual(['a', 'c', 'b']);
  expect(moved(['a', 'b', 'c'], 0, 1)).toEqual(['b', 'a', 'c']);
  expect(moved(['a', 'b'], 0, -1)).toEqual(['a', 'b']);
  expect(without(['a', 'b', 'a'], 0)).toEqual(['b', 'a']);
  expect(withItem([{ n: 1 }, { n: 2 }], 1, { n: 3 })).toEqual([{ n: 1 }, { n: 3 }]);
});
