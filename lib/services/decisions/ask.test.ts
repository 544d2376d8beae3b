import fc from 'fast-check';
import { expect, it } from 'vitest';
import { askSchema, plainAsk, plainRunKey, runKeySchema } from './ask';

const text = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 6 }),
  fc.string({ minLength: 195, maxLength: 260 }),
  fc.constantFrom('', ' ', 'claims.get', 'a\nb', '\u007f', '\ud800', 'é'),
);
const body = fc.oneof(
  fc.record(
    {
      tool: fc.oneof(text, fc.integer(), fc.constant(null)),
      arguments: fc.jsonValue(),
      agent: text,
      categories: fc.array(text, { maxLength: 2 }),
      idempotencyKey: text,
      tol: text,
    },
    { requiredKeys: [] },
  ),
  fc.record({ tool: text, arguments: fc.jsonValue() }),
  fc.jsonValue(),
);

it('a body that is plainly right is one the schema takes, and nothing is read into it or left out', () => {
  let plain = 0;
  fc.assert(
    fc.property(body, (value) => {
      // As it comes: parsed JSON.
      const parsed: unknown = JSON.parse(JSON.stringify(value));
      const ask = plainAsk(parsed);
      if (ask === undefined) return;
      plain += 1;
      expect(askSchema.parse(parsed)).toEqual(ask);
    }),
    { numRuns: 5000 },
  );
  expect(plain).toBeGreaterThan(500);
});

it('a body with any other member is left to the schema, names that every object answers to included', () => {
  for (const member of ['agent', 'extra', 'constructor', '__proto__', 'toString'])
    expect(plainAsk(JSON.parse(`{"tool":"t","arguments":{},"${member}":"x"}`))).toBeUndefined();
  expect(plainAsk(JSON.parse('{"__proto__":{"tool":"t"},"arguments":{}}'))).toBeUndefined();
});

it('a run key that is plainly right is one the schema takes', () => {
  fc.assert(
    fc.property(text, (key) => {
      if (plainRunKey(key) !== undefined) expect(runKeySchema.parse(key)).toBe(key);
    }),
    { numRuns: 2000 },
  );
});
