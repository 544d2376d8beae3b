import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { numberOf, plainText, scalarOf } from './typed-text';

describe('pasted text', () => {
  it('loses what word processors and web pages slip in unseen, and nothing that is seen', () => {
    expect(plainText('\ufeffPays\u00a0up to\u202f$1,000\u200b.\r\nThen\u2028asks\u2029a person.\0')).toBe(
      'Pays up to $1,000.\nThen\nasks\na person.',
    );
    expect(plainText('“Kulanz” — مُعالِج 🧾👩‍⚖️ naïve')).toBe('“Kulanz” — مُعالِج 🧾👩‍⚖️ naïve');
  });

  it('pasted twice is the same as once', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'a \u00a0\r\n\u2028\u200b\0') }), (text) => {
        expect(plainText(plainText(text))).toBe(plainText(text));
      }),
      { numRuns: 50 },
    );
  });
});

describe('a typed number', () => {
  it.each([
    ['1,000.5', 1000.5],
    ['1 000', 1000],
    ['-2', -2],
    ['.5', 0.5],
    ['1.000,5', undefined],
    ['two', undefined],
    ['', undefined],
    ['1e999', undefined],
  ])('%j is read as %j', (text, number) => {
    expect(numberOf(text)).toBe(number);
  });

  it('what is neither a number nor true or false is text', () => {
    expect([scalarOf('true'), scalarOf('12'), scalarOf('12 dollars')]).toEqual([true, 12, '12 dollars']);
  });
});
