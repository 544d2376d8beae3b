const MOST_NAME = 200;

/** A name as people read it: one line, no control or direction characters, at most 200 characters; null when nothing is left. */
export function cleanName(text: string): string | null {
  const clean = text
    .slice(0, 2000)
    .toWellFormed()
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/[\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g, '')
    .replace(/\s+/g, ' ')
    .trim();
  if (clean === '') return null;
  return clean.length <= MOST_NAME ? clean : `${clean.slice(0, MOST_NAME - 1).toWellFormed()}…`;
}
