import { describe, expect, it } from 'vitest';
import { factorBetween, unitKey } from './units';

describe('a unit', () => {
  it('is the same whatever its case, spaces and plural', () => {
    for (const [one, other] of [
      ['USD', 'usd'],
      ['$', 'USD'],
      ['€', 'EUR'],
      ['Stars', 'star'],
      ['per cent', '%'],
      ['Percent', '%'],
      ['of 5', 'of  5'],
      ['ratio', 'share'],
      ['days', 'Day'],
    ])
      expect([one, unitKey(one)]).toEqual([one, unitKey(other)]);
    expect([unitKey(null), unitKey(undefined), unitKey('  ')]).toEqual([null, null, null]);
  });

  it('is not taken for another that looks alike', () => {
    const units = ['USD', 'EUR', 'stars', '%', 'share', 's', 'ms', 'Gbps', 'of 5', 'of 10', 'constructor'];
    expect(new Set(units.map(unitKey)).size).toBe(units.length);
  });

  it('becomes another only between shares and per cent; none given is the wanted one', () => {
    expect(factorBetween('%', 'share')).toBe(0.01);
    expect(factorBetween('ratio', '%')).toBe(100);
    expect(factorBetween('usd', unitKey('USD'))).toBe(1);
    expect(factorBetween(null, unitKey('USD'))).toBe(1);
    expect(factorBetween('EUR', unitKey('USD'))).toBeNull();
    expect(factorBetween('%', unitKey('stars'))).toBeNull();
    expect(factorBetween('s', unitKey('ms'))).toBeNull();
    expect(factorBetween('USD', null)).toBeNull();
  });
});
