import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pythonDict } from '@/lib/telemetry/dialects/python-literal';
import type { JsonValue } from '@/lib/telemetry/span';

/** As Python's repr() writes it. */
function repr(value: JsonValue): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') {
    const quote = value.includes("'") && !value.includes('"') ? '"' : "'";
    const inner = value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\0', '\\x00');
    return quote + inner.replaceAll(quote, `\\${quote}`) + quote;
  }
  if (Array.isArray(value)) return `[${value.map(repr).join(', ')}]`;
  return `{${Object.entries(value)
    .map(([key, item]) => `${repr(key)}: ${repr(item)}`)
    .join(', ')}}`;
}

const anyValue = fc.jsonValue({ maxDepth: 4 }).map((value): JsonValue => JSON.parse(JSON.stringify(value)));

describe('arguments as Python prints them', () => {
  it('are read back, whatever they hold', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), anyValue), (value) => {
        const plain: JsonValue = JSON.parse(JSON.stringify(value));
        expect(pythonDict(repr(plain), 64)).toEqual(plain);
      }),
    );
  });

  it('may hold tuples, trailing commas and either quote', () => {
    expect(pythonDict(`{'a': (1, 2,), "b": "it's", 'c': 'a \\'b\\' \\u00e9 \\x41',}`, 64)).toEqual({
      a: [1, 2],
      b: "it's",
      c: "a 'b' é A",
    });
  });

  it('that are no plain data are not read', () => {
    for (const text of [
      '{',
      "{'a': <Claim 1>}",
      "{1: 'a'}",
      "{'a': 1} x",
      "{'a'}",
      "{'a': b'x'}",
      "{'a': 'x",
      '{,}',
      "{'a': '\\q'}",
    ]) {
      expect(pythonDict(text, 64), text).toBeUndefined();
    }
  });

  it('nested without end do not exhaust the stack', () => {
    expect(pythonDict("{'a': ".repeat(100_000), 64)).toBeUndefined();
    expect(pythonDict(`{'a': ${'['.repeat(100_000)}`, 64)).toBeUndefined();
  });
});
