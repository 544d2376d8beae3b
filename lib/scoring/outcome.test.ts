import { describe, expect, it } from 'vitest';
import type { Criterion } from './criteria';
import { leavesOut, outcomeIsGood } from './outcome';

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

const said = (value: number, unit: string | null, samples = 1) => ({ value, unit, samples });

describe('the outcome of a single run', () => {
  it('is good when it is a yes, whatever share all runs have to reach', () => {
    expect(outcomeIsGood(criterion({}), [said(1, 'share')])).toBe(true);
    expect(outcomeIsGood(criterion({}), [said(0, 'share')])).toBe(false);
    expect(outcomeIsGood(criterion({ target: 80, unit: '%' }), [said(100, '%')])).toBe(true);
    expect(outcomeIsGood(criterion({ target: 80, unit: '%' }), [said(40, '%')])).toBe(false);
  });

  it('is good when it is a no where little of it is wanted', () => {
    const reversed = criterion({ id: 'reversed', comparison: '<=', target: 0.05 });
    expect(outcomeIsGood(reversed, [said(1, 'share')])).toBe(false);
    expect(outcomeIsGood(reversed, [said(0, null)])).toBe(true);
  });

  it('is held to the target where it is a figure', () => {
    const days = criterion({ id: 'days-to-settle', comparison: '<=', target: 5, unit: 'days' });
    expect(outcomeIsGood(days, [said(3, 'days')])).toBe(true);
    expect(outcomeIsGood(days, [said(9, 'days')])).toBe(false);
  });

  it('is unknown off the scale', () => {
    expect(outcomeIsGood(criterion({}), [said(7, null)])).toBeNull();
    expect(outcomeIsGood(criterion({}), [])).toBeNull();
  });

  it('is added up over units that fit, and knows nothing of those that do not', () => {
    // Yes once, and 10% of four cases: 28% together.
    const both = [said(10, '%', 4), said(1, 'share')];
    expect(outcomeIsGood(criterion({}), both)).toBe(false);
    expect(leavesOut(criterion({}), both)).toBe(false);
    // Dollars sort before shares, and would have made it unknown.
    const mixed = [said(900, 'USD'), said(1, 'share')];
    expect(outcomeIsGood(criterion({}), mixed)).toBe(true);
    expect(leavesOut(criterion({}), mixed)).toBe(true);
    expect(outcomeIsGood(criterion({}), [said(900, 'USD')])).toBeNull();
  });
});
