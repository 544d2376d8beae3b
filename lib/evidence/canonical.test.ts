import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from './canonical';

describe('the canonical form of a JSON value', () => {
  it('is what the reference implementation of RFC 8785 writes, whatever the value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5, noUnicodeString: false }), (value) => {
        expect(canonicalJson(value)).toBe(canonicalize(value));
      }),
      { numRuns: 2000 },
    );
  });

  it('orders any keys by their UTF-16 units, few or many', () => {
    const key = fc.string({ unit: 'binary', maxLength: 4 });
    fc.assert(
      fc.property(fc.dictionary(key, fc.integer(), { maxKeys: 30 }), (value) => {
        expect(canonicalJson(value)).toBe(canonicalize(value));
      }),
      { numRuns: 2000 },
    );
    expect(canonicalJson({ '\u20ac': 1, '\r': 2, '\ufb33': 3, 1: 4, '\ud83d\ude00': 5, '\u0080': 6 })).toBe(
      '{"\\r":2,"1":4,"\u0080":6,"\u20ac":1,"\ud83d\ude00":5,"\ufb33":3}',
    );
  });

  it('writes the numbers of the RFC as it does', () => {
    const numbers = [333333333.3333333, 1e30, 4.5, 2e-3, 0.000000000000000000000000001, -0, 9007199254740991];
    expect(canonicalJson(numbers)).toBe('[333333333.3333333,1e+30,4.5,0.002,1e-27,0,9007199254740991]');
  });

  it('keeps half a surrogate pair apart from the mark that stands for what cannot be written', () => {
    expect(canonicalJson('\ud800')).toBe('"\\ud800"');
    expect(canonicalJson('\ud800')).not.toBe(canonicalJson('\ufffd'));
  });

  it('takes names that every object answers to as plain keys', () => {
    const value: unknown = JSON.parse('{"__proto__":1,"constructor":{"toString":2},"hasOwnProperty":[]}');
    expect(canonicalJson(value)).toBe('{"__proto__":1,"constructor":{"toString":2},"hasOwnProperty":[]}');
  });

  it('leaves out members that are undefined, and is refused to what is not JSON', () => {
    expect(canonicalJson({ a: undefined, b: 1 })).toBe('{"b":1}');
    for (const value of [undefined, Number.NaN, Number.POSITIVE_INFINITY, () => 1, [undefined], 1n])
      expect(() => canonicalJson(value)).toThrow(TypeError);
  });
});
