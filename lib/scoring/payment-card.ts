import { isDigit, isLetter, isSeparator, isWord } from './characters';

/**
 * Issuers' number ranges, by the leading digits (inclusive, first digits of `from` and `to`), and the lengths they issue.
 * Source: ISO/IEC 7812 ranges as the card schemes publish them. Left out on purpose: 13-digit Visa (long withdrawn, and
 * every article number of a German maker looks like one) and Maestro shorter than 16.
 */
const RANGES: readonly { from: number; to: number; lengths: readonly number[] }[] = [
  { from: 4, to: 4, lengths: [16, 19] },
  { from: 51, to: 55, lengths: [16] },
  { from: 2221, to: 2720, lengths: [16] },
  { from: 34, to: 34, lengths: [15] },
  { from: 37, to: 37, lengths: [15] },
  { from: 300, to: 305, lengths: [14, 16, 17, 18, 19] },
  { from: 3095, to: 3095, lengths: [14, 16, 17, 18, 19] },
  { from: 36, to: 36, lengths: [14, 16, 17, 18, 19] },
  { from: 38, to: 39, lengths: [14, 16, 17, 18, 19] },
  { from: 3528, to: 3589, lengths: [16, 17, 18, 19] },
  { from: 6011, to: 6011, lengths: [16, 17, 18, 19] },
  { from: 644, to: 649, lengths: [16, 17, 18, 19] },
  { from: 65, to: 65, lengths: [16, 17, 18, 19] },
  { from: 60, to: 60, lengths: [16] },
  { from: 508, to: 508, lengths: [16] },
  { from: 82, to: 82, lengths: [16] },
  { from: 62, to: 62, lengths: [16, 17, 18, 19] },
  { from: 810, to: 817, lengths: [16, 17, 18, 19] },
  { from: 2200, to: 2204, lengths: [16, 17, 18, 19] },
  { from: 5018, to: 5018, lengths: [16, 17, 18, 19] },
  { from: 5020, to: 5020, lengths: [16, 17, 18, 19] },
  { from: 5038, to: 5038, lengths: [16, 17, 18, 19] },
  { from: 5893, to: 5893, lengths: [16, 17, 18, 19] },
  { from: 6304, to: 6304, lengths: [16, 17, 18, 19] },
  { from: 6759, to: 6759, lengths: [16, 17, 18, 19] },
  { from: 6761, to: 6763, lengths: [16, 17, 18, 19] },
];

/** Lengths issued under each four leading digits: bit n is set when n digits are. */
const LENGTHS = new Uint32Array(10_000);
for (const { from, to, lengths } of RANGES) {
  const scale = 10 ** (4 - String(from).length);
  const bits = lengths.reduce((set, length) => set | (1 << length), 0);
  for (let prefix = from * scale; prefix < (to + 1) * scale; prefix += 1)
    LENGTHS[prefix] = (LENGTHS[prefix] ?? 0) | bits;
}

/** How cards are printed, in groups; 16 digits and 15 or 14. */
const GROUPINGS: readonly (readonly number[])[] = [
  [4, 4, 4, 4, 3],
  [4, 4, 4, 4],
  [4, 6, 5],
  [4, 6, 4],
];

/** Whether the text holds the number of a payment card (`wherePaymentCard`). */
export function findsPaymentCard(text: string): boolean {
  return wherePaymentCard(text) !== null;
}

/**
 * Where the first number of a payment card stands in the text, start and end: leading digits and length of an issuer, and a
 * last digit that fits (Luhn). Written together or in the groups cards are printed in, and not as a part of something
 * longer.
 */
export function wherePaymentCard(text: string): readonly [start: number, end: number] | null {
  const last = text.length - 14;
  for (let start = 0; start <= last; start += 1) {
    const code = text.charCodeAt(start);
    if (code > 57 || code < 48 || isWord(text.charCodeAt(start - 1))) continue;
    if (isTailOfNumber(text, start)) continue;
    const end = endOfCard(text, start);
    if (end !== NONE) return [start, end];
  }
  return null;
}

const NONE = -1;

/** After a decimal point or the plus of a telephone number. */
function isTailOfNumber(text: string, start: number): boolean {
  const before = text.charCodeAt(start - 1);
  return before === 43 || (before === 46 && isDigit(text.charCodeAt(start - 2)));
}

/** The end of the card number that starts there; NONE when none does. */
function endOfCard(text: string, start: number): number {
  let end = start + 1;
  while (end - start < 20 && isDigit(text.charCodeAt(end))) end += 1;
  const length = end - start;
  if (length === 4) {
    if (!isSeparator(text.charCodeAt(end)) || lengthsOf(text, start) === 0) return NONE;
    for (const groups of GROUPINGS) {
      const grouped = endOfGrouped(text, start, groups);
      if (grouped !== NONE) return grouped;
    }
    return NONE;
  }
  const isCard =
    length >= 14 &&
    length <= 19 &&
    (lengthsOf(text, start) & (1 << length)) !== 0 &&
    endsHere(text, end) &&
    passesLuhn(text.slice(start, end));
  return isCard ? end : NONE;
}

function endOfGrouped(text: string, start: number, groups: readonly number[]): number {
  const separator = text.charCodeAt(start + 4);
  let position = start;
  let digits = '';
  for (const [index, length] of groups.entries()) {
    if (index > 0) {
      if (text.charCodeAt(position) !== separator) return NONE;
      position += 1;
    }
    for (const end = position + length; position < end; position += 1)
      if (!isDigit(text.charCodeAt(position))) return NONE;
    digits += text.slice(position - length, position);
  }
  const isCard =
    (lengthsOf(digits, 0) & (1 << digits.length)) !== 0 && endsHere(text, position) && passesLuhn(digits);
  return isCard ? position : NONE;
}

/** Not followed by more of the same word, nor by decimals. */
function endsHere(text: string, end: number): boolean {
  const next = text.charCodeAt(end);
  if (isDigit(next) || isLetter(next) || next === 95) return false;
  return !(next === 46 && isDigit(text.charCodeAt(end + 1)));
}

/** Bits of the lengths issued under the four digits that stand here. */
function lengthsOf(text: string, start: number): number {
  return LENGTHS[Number(text.slice(start, start + 4))] ?? 0;
}

/** ISO/IEC 7812-1 annex B: every second digit from the right doubled, digits summed, divisible by ten. */
function passesLuhn(digits: string): boolean {
  let sum = 0;
  let doubled = false;
  for (let position = digits.length - 1; position >= 0; position -= 1) {
    const digit = digits.charCodeAt(position) - 48;
    const counted = doubled ? digit * 2 : digit;
    sum += counted > 9 ? counted - 9 : counted;
    doubled = !doubled;
  }
  return sum % 10 === 0;
}
