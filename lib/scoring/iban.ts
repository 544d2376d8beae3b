import { isDigit, isLetter, isSeparator, isWord } from './characters';

/**
 * What follows the check digits, by country: runs of digits (n), capital letters (a) or either (c), from the IBAN
 * registry of ISO 13616. Source: public registry, release 99.
 */
const STRUCTURES: Readonly<Record<string, string>> = {
  AD: 'n8 c12',
  AE: 'n19',
  AL: 'n8 c16',
  AT: 'n16',
  AZ: 'a4 c20',
  BA: 'n16',
  BE: 'n12',
  BG: 'a4 n6 c8',
  BH: 'a4 c14',
  BI: 'n23',
  BR: 'n23 a1 c1',
  BY: 'c4 n4 c16',
  CH: 'n5 c12',
  CR: 'n18',
  CY: 'n8 c16',
  CZ: 'n20',
  DE: 'n18',
  DJ: 'n23',
  DK: 'n14',
  DO: 'c4 n20',
  EE: 'n16',
  EG: 'n25',
  ES: 'n20',
  FI: 'n14',
  FK: 'a2 n12',
  FO: 'n14',
  FR: 'n10 c11 n2',
  GB: 'a4 n14',
  GE: 'a2 n16',
  GI: 'a4 c15',
  GL: 'n14',
  GR: 'n7 c16',
  GT: 'c24',
  HN: 'a4 n20',
  HR: 'n17',
  HU: 'n24',
  IE: 'a4 n14',
  IL: 'n19',
  IQ: 'a4 n15',
  IS: 'n22',
  IT: 'a1 n10 c12',
  JO: 'a4 n4 c18',
  KW: 'a4 c22',
  KZ: 'n3 c13',
  LB: 'n4 c20',
  LC: 'a4 c24',
  LI: 'n5 c12',
  LT: 'n16',
  LU: 'n3 c13',
  LV: 'a4 c13',
  LY: 'n21',
  MC: 'n10 c11 n2',
  MD: 'c20',
  ME: 'n18',
  MK: 'n3 c10 n2',
  MN: 'n16',
  MR: 'n23',
  MT: 'a4 n5 c18',
  MU: 'a4 n19 a3',
  NI: 'a4 n20',
  NL: 'a4 n10',
  NO: 'n11',
  OM: 'n3 c16',
  PK: 'a4 c16',
  PL: 'n24',
  PS: 'a4 c21',
  PT: 'n21',
  QA: 'a4 c21',
  RO: 'a4 c16',
  RS: 'n18',
  RU: 'n14 c15',
  SA: 'n2 c18',
  SC: 'a4 n20 a3',
  SD: 'n14',
  SE: 'n20',
  SI: 'n15',
  SK: 'n20',
  SM: 'a1 n10 c12',
  SO: 'n19',
  ST: 'n21',
  SV: 'a4 n20',
  TL: 'n19',
  TN: 'n20',
  TR: 'n6 c16',
  UA: 'n6 c19',
  VA: 'n18',
  VG: 'a4 n16',
  XK: 'n16',
  YE: 'a4 n4 c18',
};

interface Structure {
  /** One letter (n, a or c) for each character after the check digits. */
  kinds: string;
  /** Digits and bank letters only: nothing that words could be mistaken for, so any grouping is believed. */
  plain: boolean;
}

/** By the two letters of the country, packed into one number. */
const BY_COUNTRY: ReadonlyMap<number, Structure> = new Map(
  Object.entries(STRUCTURES).map(([country, runs]) => {
    const kinds = runs
      .split(' ')
      .map((run) => run.charAt(0).repeat(Number(run.slice(1))))
      .join('');
    return [packed(country.charCodeAt(0), country.charCodeAt(1)), { kinds, plain: !kinds.includes('c') }];
  }),
);

function packed(first: number, second: number): number {
  return (first << 8) | second;
}

/** Whether the text holds an IBAN (`whereIban`). */
export function findsIban(text: string): boolean {
  return whereIban(text) !== null;
}

/**
 * Where the first IBAN of the text stands, start and end: a known country, its length and structure, and check digits that
 * fit (mod 97). Written together or in groups of four, in capitals or not; countries whose numbers hold no free letters
 * in any groups.
 */
export function whereIban(text: string): readonly [start: number, end: number] | null {
  // The check digits give a candidate away: digits are rarer than letters, so most of a text is passed over at once.
  const last = text.length - 13;
  for (let tens = 2; tens <= last; tens += 1) {
    const code = text.charCodeAt(tens);
    if (code > 57 || code < 48 || !isDigit(text.charCodeAt(tens + 1))) continue;
    if (!isLetter(text.charCodeAt(tens - 1)) || !isLetter(text.charCodeAt(tens - 2))) continue;
    if (isWord(text.charCodeAt(tens - 3))) continue;
    const end = endOfIban(text, tens - 2);
    if (end !== NONE) return [tens - 2, end];
  }
  return null;
}

const NONE = -1;

/** The end of the IBAN that starts there; NONE when none does. */
function endOfIban(text: string, start: number): number {
  const first = text.charCodeAt(start);
  const second = text.charCodeAt(start + 1);
  const tens = text.charCodeAt(start + 2);
  const ones = text.charCodeAt(start + 3);
  const lower = first & 32;
  if ((second & 32) !== lower) return NONE;
  const country = packed(first & ~32, second & ~32);
  const structure = BY_COUNTRY.get(country);
  if (structure === undefined) return NONE;
  const check = (tens - 48) * 10 + ones - 48;
  if (check < 2 || check > 98) return NONE;

  const grouped = isSeparator(text.charCodeAt(start + 4));
  let position = start + 4;
  let remainder = 0;
  for (let index = 0; index < structure.kinds.length; index += 1) {
    if (isSeparator(text.charCodeAt(position))) {
      if (!structure.plain && !(grouped && index % 4 === 0)) return NONE;
      position += 1;
    } else if (!structure.plain && grouped && index % 4 === 0) return NONE;
    const code = text.charCodeAt(position);
    const kind = structure.kinds.charCodeAt(index);
    if (isDigit(code)) {
      if (kind === A) return NONE;
      remainder = (remainder * 10 + code - 48) % 97;
    } else {
      if (kind === N || !isLetter(code) || (code & 32) !== lower) return NONE;
      remainder = (remainder * 100 + (code & ~32) - 55) % 97;
    }
    position += 1;
  }
  if (isWord(text.charCodeAt(position))) return NONE;
  remainder = (remainder * 100 + (first & ~32) - 55) % 97;
  remainder = (remainder * 100 + (second & ~32) - 55) % 97;
  return (remainder * 100 + check) % 97 === 1 ? position : NONE;
}

const N = 'n'.charCodeAt(0);
const A = 'a'.charCodeAt(0);
