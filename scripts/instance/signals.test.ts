import { expect, test } from 'vitest';
import { pressCounter } from './signals';

test('a second Ctrl-C counts from a tenth of a second on; what npm passes on of the first does not', () => {
  const count = pressCounter();
  expect([1000, 1004, 1030, 1350, 1352, 4000].map(count)).toEqual([
    'first',
    'echo',
    'echo',
    'again',
    'echo',
    'again',
  ]);
});
