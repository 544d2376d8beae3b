/** Character codes, as `String.charCodeAt` gives them (NaN past the end, which is none of these). */

export function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** ASCII letters only: nothing that is looked for has others. */
export function isLetter(code: number): boolean {
  const upper = code & ~32;
  return upper >= 65 && upper <= 90;
}

/** Part of the same word or number: what is looked for neither begins nor ends inside one. */
export function isWord(code: number): boolean {
  return isDigit(code) || isLetter(code) || code === 95;
}

/** What people put between groups: a space (also the unbreakable ones) or a hyphen. */
export function isSeparator(code: number): boolean {
  return code === 32 || code === 45 || code === 0xa0 || code === 0x202f || code === 0x2011;
}
