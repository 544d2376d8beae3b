import { expect, test } from 'vitest';
import { headline, outcomeReading } from './headline';

test.each([
  [{ needsTotal: 0, unacknowledged: 0, mayAct: true }, 'Nothing needs you'],
  [{ needsTotal: 1, unacknowledged: 1, mayAct: true }, 'One thing needs you now'],
  [{ needsTotal: 3, unacknowledged: 1, mayAct: true }, 'Three things need you, one of them now'],
  [{ needsTotal: 2, unacknowledged: 0, mayAct: true }, 'Two things need you'],
  [{ needsTotal: 1200, unacknowledged: 12, mayAct: true }, '1,200 things need you, 12 of them now'],
  [{ needsTotal: 1, unacknowledged: 1, mayAct: false }, 'Nothing needs you; one incident is open'],
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
