import { expect, test } from 'vitest';
import type { WaitingItem } from '@/lib/services/inbox/list-waiting';
import { headline, outcomeReading } from './headline';

const signature: WaitingItem = {
  id: 'gate:1',
  kind: 'gate',
  title: 'Sign G4 of Claims processor',
  blocks: 'Claims processor',
  path: '/review/1',
  since: '2026-11-21T09:00:00.000Z',
};

test.each([
  [{ needsTotal: 0, unacknowledged: 0, mayAct: true, waits: [] }, 'Nothing needs you'],
  [{ needsTotal: 1, unacknowledged: 1, mayAct: true, waits: [] }, 'One thing needs you now'],
  [{ needsTotal: 3, unacknowledged: 1, mayAct: true, waits: [] }, 'Three things need you, one of them now'],
  [{ needsTotal: 2, unacknowledged: 0, mayAct: true, waits: [] }, 'Two things need you'],
  [
    { needsTotal: 1200, unacknowledged: 12, mayAct: true, waits: [] },
    '1,200 things need you, 12 of them now',
  ],
  [{ needsTotal: 1, unacknowledged: 1, mayAct: false, waits: [] }, 'Nothing needs you; one incident is open'],
  [
    { needsTotal: 1, unacknowledged: 1, mayAct: true, waits: [signature] },
    'Two things need you, one of them now',
  ],
  [
    { needsTotal: 2, unacknowledged: 1, mayAct: false, waits: [signature] },
    'One thing needs you; two incidents are open',
  ],
])('of %j the overview says "%s"', (overview, said) => {
  expect(headline(overview)).toBe(said);
});

test.each([
  [{ runs: 0, silentRuns: 0, days: 7 }, 'No run in 7 days'],
  [{ runs: 1, silentRuns: 1, days: 30 }, 'All 1 run silent'],
  [{ runs: 732, silentRuns: 731, days: 30 }, '99.9% silent: one of 732 runs paged'],
  [{ runs: 100_000, silentRuns: 99_999, days: 30 }, '99.9% silent: one of 100,000 runs paged'],
])('the chart of %j reads "%s"', (overview, said) => {
  expect(outcomeReading(overview)).toBe(said);
});
