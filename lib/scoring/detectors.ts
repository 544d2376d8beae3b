import type { Contract } from '@/lib/contract/schema';
import { findsIban } from './iban';
import { findsPaymentCard } from './payment-card';

export type Detector = Contract['risk']['detectors'][number];

/** The data category each detector finds. */
export const CATEGORY_OF: Readonly<Record<Detector, string>> = {
  iban: 'bank-account',
  'payment-card': 'payment-card',
};

/** No account or card number is shorter. */
const SHORTEST = 12;

/**
 * The categories of data found in a JSON value: in any text, key or whole number of it, however deep. Each once, sorted.
 * What is found is checked (country, length and mod 97 of an IBAN; issuer, length and Luhn digit of a card), so a long
 * number alone is nothing. Takes time in proportion to the size of the value, and stops when nothing is left to find.
 */
export function detect(value: unknown, detectors: readonly Detector[]): string[] {
  let wantsIban = detectors.includes('iban');
  let wantsCard = detectors.includes('payment-card');
  const found: string[] = [];
  const look = (text: string) => {
    if (text.length < SHORTEST) return;
    if (wantsIban && findsIban(text)) {
      wantsIban = false;
      found.push(CATEGORY_OF.iban);
    }
    if (wantsCard && findsPaymentCard(text)) {
      wantsCard = false;
      found.push(CATEGORY_OF['payment-card']);
    }
  };
  // A stack of our own: JSON can be nested deeper than calls can.
  const rest: unknown[] = [value];
  while (rest.length > 0 && (wantsIban || wantsCard)) {
    const one = rest.pop();
    if (typeof one === 'string') look(one);
    else if (typeof one === 'number') {
      if (wantsCard && one > 1e11 && Number.isSafeInteger(one)) look(String(one));
    } else if (Array.isArray(one)) for (const item of one) rest.push(item);
    else if (isRecord(one))
      for (const key of Object.keys(one)) {
        look(key);
        rest.push(one[key]);
      }
  }
  return found.sort();
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
