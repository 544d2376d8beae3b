import { expect, it } from 'vitest';
import type { Role } from '@/lib/auth/roles';
import { bringersOf } from './bringers';

const person = (id: string, role: Role) => ({ id, name: id, email: `${id}@meridian.example`, roles: [role] });
const members = [
  person('tomas', 'engineer'),
  person('olga', 'operator'),
  person('dana', 'operator'),
  person('rasmus', 'grc'),
];
const named = { operator: 'dana@meridian.example', engineer: 'tomas@meridian.example' };

it('what a gate lacks is asked of whoever opened it where they may bring it, else of those whom the contract names', () => {
  const from = bringersOf({ members }, { versions: [] }, ['rollout', 'paging-drill', 'risk-review'], {
    openedById: 'tomas',
    version: { named },
  });
  expect(Object.fromEntries(from)).toEqual({
    rollout: ['tomas'],
    'paging-drill': ['dana'],
    // The contract names nobody who may.
    'risk-review': ['rasmus'],
  });
});

it('what nobody here may bring is asked of nobody', () => {
  const from = bringersOf({ members: [person('vera', 'auditor')] }, { versions: [] }, ['lint'], {
    openedById: 'vera',
    version: null,
  });
  expect(from.get('lint')).toEqual([]);
});
