import { expect, it } from 'vitest';
import { BufferPool } from './buffer-pool';

it('hands out again what was given back, and nothing twice', () => {
  const pool = new BufferPool(100, 2);
  const first = pool.take();
  const second = pool.take();
  expect(second).not.toBe(first);
  pool.give(first);
  expect(pool.take(50)).toBe(first);
  expect(pool.take()).not.toBe(first);
});

it('makes a larger one when asked, and does not keep it', () => {
  const pool = new BufferPool(100, 2);
  const large = pool.take(1000);
  expect(large.length).toBe(1000);
  pool.give(large);
  expect(pool.take(1000)).not.toBe(large);
  expect(pool.take().length).toBe(100);
});

it('keeps no more than it may', () => {
  const pool = new BufferPool(100, 1);
  const [first, second] = [pool.take(), pool.take()];
  pool.give(first);
  pool.give(second);
  expect(pool.take()).toBe(first);
  expect(pool.take()).not.toBe(second);
});
