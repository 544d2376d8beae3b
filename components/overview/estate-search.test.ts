import { expect, test } from 'vitest';
import type { EstateUnit } from '@/lib/services/overview/get-estate';
import { sortUnits } from './estate-search';

const unit = (name: string, over: Partial<EstateUnit>): EstateUnit => ({
  unit: name,
  agents: 1,
  byStage: { discovery: 0, scoping: 0, build: 0, review: 0, rollout: 0, production: 1 },
  score: null,
  pillars: { risk: null, quality: null, cost: null },
  coverage: 0,
  runs: 0,
  silentRuns: 0,
  openIncidents: 0,
  costUsd: 0,
  costPerRunUsd: null,
  unpricedRuns: 0,
  ...over,
});
const units = [
  unit('A', { score: 90, runs: 10, silentRuns: 10, costUsd: 1 }),
  unit('B', { openIncidents: 2 }),
  unit('C', { score: 40, runs: 10, silentRuns: 5, costUsd: 9 }),
];
const names = (sorted: EstateUnit[]) => sorted.map((each) => each.unit).join('');

test('units are sorted the worst first, and what is unknown comes last whichever way', () => {
  expect(names(sortUnits(units, 'score', null))).toBe('CAB');
  expect(names(sortUnits(units, 'score', 'desc'))).toBe('ACB');
  expect(names(sortUnits(units, 'silent', null))).toBe('CAB');
  expect(names(sortUnits(units, 'incidents', null))).toBe('BAC');
  expect(names(sortUnits(units, 'cost', null))).toBe('CAB');
  expect(names(sortUnits(units, 'unit', 'desc'))).toBe('CBA');
});
