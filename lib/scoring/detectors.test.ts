import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Detector, detect } from './detectors';

const BOTH: readonly Detector[] = ['iban', 'payment-card'];
const IBAN = 'DE89370400440532013000';
const CARD = '4111111111111111';

describe('detectors', { timeout: 60_000 }, () => {
  it('name the categories found, each once and in order', () => {
    expect(detect({ to: IBAN, card: [CARD, CARD], note: IBAN }, BOTH)).toEqual([
      'bank-account',
      'payment-card',
    ]);
    expect(detect({ to: 'Jane', amount: 12 }, BOTH)).toEqual([]);
  });

  it('find nothing they were not asked to find', () => {
    expect(detect([IBAN, CARD], ['iban'])).toEqual(['bank-account']);
    expect(detect([IBAN, CARD], ['payment-card'])).toEqual(['payment-card']);
    expect(detect([IBAN, CARD], [])).toEqual([]);
  });

  it('look into keys, whole numbers and text within text', () => {
    expect(detect({ [IBAN]: true }, BOTH)).toEqual(['bank-account']);
    expect(detect({ pan: 4111111111111111 }, BOTH)).toEqual(['payment-card']);
    expect(detect({ pan: 4111111111111111.5, other: -4111111111111111 }, BOTH)).toEqual([]);
    expect(detect(JSON.stringify({ a: { b: IBAN } }), BOTH)).toEqual(['bank-account']);
  });

  it('find what is put anywhere into any JSON', () => {
    const wrap = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 8 },
        fc.constant('HERE'),
        fc.array(tie('tree'), { minLength: 1, maxLength: 1 }),
        fc.dictionary(fc.constantFrom('a', '__proto__', 'constructor'), tie('tree'), {
          minKeys: 1,
          maxKeys: 1,
        }),
      ),
    })).tree;
    fc.assert(
      fc.property(wrap, fc.jsonValue(), (tree, noise) => {
        const text = JSON.stringify([noise, tree]).replace('"HERE"', JSON.stringify(`to ${IBAN}.`));
        expect(detect(JSON.parse(text), BOTH)).toContain('bank-account');
      }),
      { numRuns: 500 },
    );
  });

  it('find nothing in random JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        expect(detect(json, BOTH)).toEqual([]);
      }),
      { numRuns: 2000, seed: 11 },
    );
  });

  it('do not fall over JSON nested a hundred thousand deep', () => {
    const deep: unknown = JSON.parse(`${'['.repeat(100_000)}"${IBAN}"${']'.repeat(100_000)}`);
    expect(detect(deep, BOTH)).toEqual(['bank-account']);
  });

  it('take time in proportion to the text, even for texts made to mislead them', () => {
    const megabyte = (part: string) => part.repeat(Math.ceil(2 ** 20 / part.length)).slice(0, 2 ** 20);
    for (const part of [
      'a',
      '4',
      'DE',
      'DE89',
      'DE89 ',
      '4111 ',
      '4111-1111-1111-',
      'MD24AG0002251000131041',
      ' ',
    ]) {
      const text = megabyte(part);
      const began = performance.now();
      detect(text, BOTH);
      // A few milliseconds each; a quadratic scan would take minutes.
      expect(performance.now() - began, part).toBeLessThan(5000);
    }
  });
});
