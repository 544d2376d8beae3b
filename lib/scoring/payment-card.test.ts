import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findsPaymentCard } from './payment-card';

/** Numbers that processors publish for testing; none is anybody's. */
const PUBLISHED: readonly [issuer: string, number: string][] = [
  ['Visa', '4111111111111111'],
  ['Visa', '4012888888881881'],
  ['Visa', '4242424242424242'],
  ['Mastercard', '5555555555554444'],
  ['Mastercard', '5105105105105100'],
  ['Mastercard, 2 series', '2223003122003222'],
  ['American Express', '378282246310005'],
  ['American Express', '371449635398431'],
  ['Discover', '6011111111111117'],
  ['Discover', '6011000990139424'],
  ['Diners Club', '30569309025904'],
  ['Diners Club', '38520000023237'],
  ['JCB', '3530111333300000'],
  ['JCB', '3566002020360505'],
  ['UnionPay', '6200000000000005'],
  ['UnionPay, 19 digits', '6205500000000000004'],
];

function luhn(digits: string): string {
  for (let check = 0; check < 10; check += 1) {
    const all = `${digits}${check}`;
    const sum = [...all].reverse().reduce((total, digit, index) => {
      const value = Number(digit) * (index % 2 === 1 ? 2 : 1);
      return total + (value > 9 ? value - 9 : value);
    }, 0);
    if (sum % 10 === 0) return all;
  }
  return digits;
}

const grouped = (number: string, separator: string) =>
  number.length === 15
    ? [number.slice(0, 4), number.slice(4, 10), number.slice(10)].join(separator)
    : number.length === 14
      ? [number.slice(0, 4), number.slice(4, 10), number.slice(10)].join(separator)
      : (number.match(/.{1,4}/g) ?? []).join(separator);

describe('a payment card', { timeout: 60_000 }, () => {
  it('is found for every issuer, written together or as cards are printed', () => {
    for (const [issuer, number] of PUBLISHED) {
      expect(findsPaymentCard(number), issuer).toBe(true);
      expect(findsPaymentCard(grouped(number, ' ')), issuer).toBe(true);
      expect(findsPaymentCard(grouped(number, '-')), issuer).toBe(true);
    }
  });

  it('is found in a text, before an expiry date and at the end of a sentence', () => {
    expect(findsPaymentCard('Card 4111 1111 1111 1111 12/28 123')).toBe(true);
    expect(findsPaymentCard('{"pan":"4111111111111111"}')).toBe(true);
    expect(findsPaymentCard('It is 4111111111111111.')).toBe(true);
    expect(findsPaymentCard('2024 4111 1111 1111 1111')).toBe(true);
    expect(findsPaymentCard('4111111111111111,5555555555554444')).toBe(true);
  });

  it('is not found when one digit is wrong or two neighbours are swapped', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...PUBLISHED.map(([, number]) => number)),
        fc.nat(18),
        fc.integer({ min: 1, max: 9 }),
        (number, position, shift) => {
          const place = position % number.length;
          const wrong = `${number.slice(0, place)}${(Number(number[place]) + shift) % 10}${number.slice(place + 1)}`;
          expect(findsPaymentCard(wrong)).toBe(false);
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('is not any sixteen digits that pass the check: an issuer must have given them out', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[1789][0-9]{14}$/), (digits) => {
        fc.pre(!/^8(?:1[0-7]|2)/.test(digits));
        expect(findsPaymentCard(luhn(digits))).toBe(false);
      }),
      { numRuns: 1000 },
    );
    expect(findsPaymentCard(luhn('411111111111'))).toBe(false); // 13 digits
    expect(findsPaymentCard(luhn('41111111111111'))).toBe(false); // 15 digits
    expect(findsPaymentCard(luhn('55555555555544443'))).toBe(false); // 18 digits
    expect(findsPaymentCard('0000000000000000')).toBe(false);
  });

  it('is not found in what only holds its digits', () => {
    for (const text of [
      '14111111111111111', // part of a longer number
      '41111111111111110000000',
      'A4111111111111111',
      '4111111111111111X',
      'id_4111111111111111',
      '0.4111111111111111', // decimals
      '4111111111111111.25',
      '+378282246310005', // a telephone number
      '4111 11111111 1111', // not how cards are grouped
      '4111-1111 1111-1111', // mixed separators
      '4111 1111 1111 11112',
      '4111  1111  1111  1111',
      '4f111111-4111-4111-8111-411111111111', // a UUID
      '1763717332000000', // a time in microseconds
      '1763717332000000000', // in nanoseconds
      '4006381333931', // an article number (EAN-13) that passes the same check
      '490154203237518', // a device number (IMEI) that does, too
      '',
      '4111',
    ])
      expect(findsPaymentCard(text), text).toBe(false);
  });
});
