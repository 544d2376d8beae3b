import { expect, it } from 'vitest';
import { planeName } from './planes';

const since = new Date('2026-11-21T10:02:00Z');

it('a runtime plane is called so that people recognise it', () => {
  const plane = { name: 'web-1 4211', startedAt: since, number: 2, of: 2 };
  expect(planeName({ ...plane, here: 'web-1' })).toMatch(
    /^this machine, plane 2 of 2, since 21 Nov 2026,? 10:02/,
  );
  expect(planeName({ ...plane, number: 1, of: 1, here: 'web-2' })).toMatch(/^web-1, the only plane, since /);
});
