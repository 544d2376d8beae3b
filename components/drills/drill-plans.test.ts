import { expect, it } from 'vitest';
import type { AgentDrills } from '@/lib/services/drills/list-drills';
import { plansOf } from './drill-plans';

const DRILLS: AgentDrills = {
  agent: { id: 'a', name: 'refund-desk', displayName: 'Refund desk', live: false },
  drills: [],
  may: { run: { allowed: true, roles: ['Head of AI', 'Operator', 'SRE'], people: [] }, rollBack: true },
  planes: 1,
  underWay: 0,
  version: { name: '1.3', own: true },
  versions: [{ number: 4, name: '1.3' }],
  rollbackTo: '1.2',
  operator: { email: 'dana@example.com', name: 'Dana Whitfield', schedule: null, unreached: null },
  minutes: 10,
};
const refusals = (over: Partial<AgentDrills>) => plansOf({ ...DRILLS, ...over }).map((plan) => plan.cannot);

it('whoever may not run drills is told by name who may', () => {
  expect(refusals({})).toEqual([null, null, null, null]);
  const run = { ...DRILLS.may.run, allowed: false, people: ['Dana Whitfield', 'Helena Marsh'] };
  const told = 'Dana Whitfield and Helena Marsh may run drills (Head of AI, Operator, SRE).';
  expect(refusals({ may: { run, rollBack: false } })).toEqual([told, told, told, told]);
  expect(refusals({ may: { run: { ...run, people: [] }, rollBack: false } })[0]).toBe(
    'Nobody here may run drills (Head of AI, Operator, SRE).',
  );
});

it('whoever may run drills but not change what is in force runs all but the rollback', () => {
  const cannot = refusals({ may: { ...DRILLS.may, rollBack: false } });
  expect(cannot.map((each) => each === null)).toEqual([true, true, false, true]);
});
