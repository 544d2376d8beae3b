import { expect, it } from 'vitest';
import { littleAllowed } from './little-allowed';

const tomas = { name: 'Tomas Brandt', made: { wrote: ['claims'], built: ['claims', 'invoices'] } };
const dana = { name: 'Dana Whitfield', made: { wrote: [], built: [] } };

it('whoever would stand in for what they made is told before', () => {
  const ask = { role: 'grc', agent: '', agents: 5 } as const;
  expect(littleAllowed([tomas], ask)).toBe(
    'Tomas Brandt wrote or built the newest version of 2 of 5 agents, and cannot sign those as GRC.',
  );
  expect(littleAllowed([tomas], { ...ask, agents: 2 })).toContain('all 2 agents');
  expect(littleAllowed([dana, tomas], { ...ask, agent: 'claims' })).toBe(
    'Tomas Brandt wrote or built this agent’s newest version, so it cannot be signed as GRC by them.',
  );
  expect(littleAllowed([tomas], { ...ask, agent: 'refunds' })).toBeNull();
  expect(littleAllowed([tomas], { ...ask, role: 'sponsor' })).toBeNull();
  expect(littleAllowed([dana], ask)).toBeNull();
});
