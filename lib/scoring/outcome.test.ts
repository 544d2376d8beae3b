import { describe, expect, it } from 'vitest';
import type { Criterion } from './criteria';
import { outcomeIsGood } from './outcome';

const criterion = (changes: Partial<Criterion>): Criterion => ({
  id: 'adjuster-agrees',
  statement: 'Adjusters agree.',
  signal: 'outcome',
  comparison: '>=',
  target: 0.8,
  windowDays: 30,
  leastSamples: 10,
  freshnessDays: 7,
  weight: 1,
  ...changes,
});

describe('the outcome of a single run', () => {
  it('is good when it is a yes, whatever share all runs have to reach', () => {
    expect(outcomeIsGood(criterion({}), 1, 'share')).toBe(true);
    expect(outcomeIsGood(criterion({}), 0, 'share')).toBe(false);
    expect(outcomeIsGood(criterion({ target: 80, unit: '%' }), 100, '%')).toBe(true);
    expect(outcomeIsGood(criterion({ target: 80, unit: '%' }), 40, '%')).toBe(false);
  });

  it('is good when it is a no where little of it is wanted', () => {
    const reversed = criterion({ id: 'reversed', comparison: '<=', target: 0.05 });
    expect(outcomeIsGood(reversed, 1, 'share')).toBe(false);
    expect(outcomeIsGood(reversed, 0, null)).toBe(true);
  });

  it('is held to the target where it is a figure', () => {
    const days = criterion({ id: 'days-to-settle', comparison: '<=', target: 5, unit: 'days' });
    expect(outcomeIsGood(days, 3, 'days')).toBe(true);
    expect(outcomeIsGood(days, 9, 'days')).toBe(false);
  });

  it('is unknown off the scale', () => {
    expect(outcomeIsGood(criterion({}), 7, null)).toBeNull();
  });
});
