/** What a person pasted or typed, without what word processors and web pages slip in unseen. */
export function plainText(text: string): string {
  return text
    .replace(/\r\n?|\u2028|\u2029/g, '\n')
    .replace(/[\u00a0\u202f]/g, ' ')
    .replace(/[\u200b\ufeff\0]/g, '');
}

/** A number as people write it, or undefined: `1,000.5` and `1 000.5` are one; nothing is guessed about `1.000,5`. */
export function numberOf(text: string): number | undefined {
  const bare = text.trim().replace(/(?<=\d)[ ,](?=\d{3}(\D|$))/g, '');
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(bare)) return undefined;
  const number = Number(bare);
  return Number.isFinite(number) ? number : undefined;
}

/** A single value as it is typed: a number, true, false, or text. */
export function scalarOf(text: string): string | number | boolean {
  if (text === 'true') return true;
  if (text === 'false') return false;
  return numberOf(text) ?? text;
}

/** How a value of any kind stands in a field for text; what is no single value has no such text. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return '';
}
