import canonicalize from 'canonicalize';

/**
 * RFC 8785 (JCS): the one text of a JSON value, whatever its key order and spacing were.
 * Throws TypeError for what is not JSON (undefined, NaN, cycles).
 */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('Only JSON values have a canonical form.');
  return text;
}
