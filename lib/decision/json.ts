/** Reading JSON that a stranger sent: own keys only, no surprise from names such as `constructor` or `__proto__`. */

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A name that every plain object answers to without having it. */
export function isInherited(key: string): boolean {
  return key in Object.prototype;
}

/**
 * The value under an own key, else undefined. `inherited` is `isInherited(key)`, worked out once by the caller: asking
 * `Object.hasOwn` only for those few names keeps the common case a plain read.
 */
export function own(record: Record<string, unknown>, key: string, inherited: boolean): unknown {
  return inherited && !Object.hasOwn(record, key) ? undefined : record[key];
}

/** A counter under a key; anything that is not a number counts as 0. */
export function countOf(counts: Readonly<Record<string, unknown>>, key: string): number {
  const value = counts[key];
  return typeof value === 'number' ? value : 0;
}

/** How often a call with these arguments was made: 0 when the tool or the arguments are not there. */
export function repeatsOf(
  repeats: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  tool: string,
  argumentsDigest: string,
): number {
  const byDigest = repeats[tool];
  return byDigest === undefined ? 0 : countOf(byDigest, argumentsDigest);
}

/** Keeps a stranger's text short enough for a sentence. */
export function cut(text: string): string {
  return text.length <= 80 ? text : `${text.slice(0, 79)}…`;
}
