import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { locate, nameOf } from './locate';

const IBAN = 'DE89 3704 0044 0532 0130 00';
const CARD = '4111 1111 1111 1111';
const BOTH = ['iban', 'payment-card'] as const;
const CATEGORIES = ['bank-account', 'payment-card'];

describe('where a detector found something', () => {
  it('is told by the path to it and the document around it, and never in full', () => {
    const value = {
      attachments: [
        { name: 'estimate.pdf', text: 'nothing' },
        { name: 'giro-slip.pdf', text: `Payee: Kessler. IBAN ${IBAN}. Amount 120.` },
      ],
    };
    expect(locate(value, BOTH, CATEGORIES)).toEqual([
      {
        category: 'bank-account',
        path: 'attachments[1].text',
        masked: 'DE89…3000',
        document: 'giro-slip.pdf',
      },
    ]);
  });

  it('of a card leaves the last four digits', () => {
    expect(locate(`paid with ${CARD}`, BOTH, CATEGORIES)).toEqual([
      { category: 'payment-card', path: '', masked: '…1111', document: null },
    ]);
  });

  it('looks only for the categories that are asked for', () => {
    expect(locate({ a: IBAN, b: CARD }, BOTH, ['payment-card'])).toMatchObject([{ path: 'b' }]);
    expect(locate({ a: IBAN }, ['payment-card'], CATEGORIES)).toEqual([]);
  });

  it('masks keys too, and takes no name that holds a match', () => {
    const told = locate({ [`account ${IBAN}`]: { name: IBAN, note: CARD } }, BOTH, CATEGORIES);
    expect(told.map(({ path }) => path)).toEqual([
      'account DE89…3000',
      'account DE89…3000.name',
      'account DE89…3000.note',
    ]);
    expect(told.every(({ document }) => document === null)).toBe(true);
    expect(nameOf({ name: CARD })).toBeNull();
  });

  it('tells nothing unmasked, whatever the value', () => {
    const text = fc.oneof(
      fc.constant(IBAN),
      fc.constant(CARD),
      fc.constant(`${CARD} ${IBAN} ${CARD}`),
      fc.string(),
    );
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof({ maxDepth: 4 }, text, fc.array(tie('value')), fc.dictionary(text, tie('value'))),
    }));
    fc.assert(
      fc.property(value, (one) => {
        const told = JSON.stringify(locate(one, BOTH, CATEGORIES));
        expect(told).not.toContain(IBAN);
        expect(told).not.toContain(CARD);
      }),
    );
  });
});
