import { describe, expect, it } from 'vitest';
import { measurementOf, offScaleReason, ratingScale } from './rating-scale';

const scale = (target: number, unit?: string, comparison: '>=' | '<=' = '>=') =>
  ratingScale({ target, comparison, ...(unit === undefined ? {} : { unit }) });

describe('how a criterion is rated', () => {
  it('asks yes or no where the target is a share of runs', () => {
    expect(scale(0.95)).toEqual({ kind: 'yes-no', yes: 1, no: 0 });
    expect(measurementOf(scale(0.95))).toBe('nominal');
  });
  it('lets yes stand for 0 where little of it is good: "no answer amounts to advice" holds', () => {
    expect(scale(0, undefined, '<=')).toEqual({ kind: 'yes-no', yes: 0, no: 1 });
  });
  it('takes a share of each run where the target is in per cent', () => {
    expect(scale(90, '%')).toEqual({ kind: 'percent' });
    expect(measurementOf(scale(90, '%'))).toBe('interval');
  });
  it('takes a few points where the unit says how many', () => {
    expect(scale(4, 'of 5')).toEqual({ kind: 'points', from: 1, to: 5 });
    expect(scale(8, 'points out of 10')).toEqual({ kind: 'points', from: 0, to: 10 });
    expect(scale(4.2, 'stars')).toEqual({ kind: 'points', from: 1, to: 5 });
  });
  it('takes any number otherwise', () => {
    expect(scale(12, 'minutes')).toEqual({ kind: 'number' });
    expect(scale(40, 'of 5')).toEqual({ kind: 'number' });
  });
  it('refuses what is off the scale, in words', () => {
    expect(offScaleReason(scale(0.9), 0.5)).toBe('Say yes or no.');
    expect(offScaleReason(scale(90, '%'), 101)).toBe('Give a share from 0 to 100%.');
    expect(offScaleReason(scale(4, 'of 5'), 0)).toBe('Choose a whole number from 1 to 5.');
    expect(offScaleReason(scale(12, 'minutes'), Number.NaN)).toBe('Give a number.');
    expect(offScaleReason(scale(90, '%'), 87.5)).toBeNull();
  });
});
