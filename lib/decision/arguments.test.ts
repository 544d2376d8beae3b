import { describe, expect, it } from 'vitest';
import { compileArguments, describeMisfit } from './arguments';
import type { ArgumentSchema } from './types';

const fits = (schema: ArgumentSchema, value: unknown) => compileArguments(schema)(value) === null;

describe('an argument schema', () => {
  it('draws its lines where JSON Schema does', () => {
    const lines: [ArgumentSchema, inside: unknown[], outside: unknown[]][] = [
      [{ minimum: 5 }, [5, 6, 'text', null], [4.99, -5]],
      [{ maximum: 5 }, [5, 4, 'text', [9]], [5.01, Number.POSITIVE_INFINITY]],
      [{ exclusiveMinimum: 5 }, [5.01], [5, 4]],
      [{ exclusiveMaximum: 5 }, [4.99], [5, 6]],
      [{ minLength: 2 }, ['ab', 'abc', '😀😀', 7], ['', 'a', '😀']],
      [{ maxLength: 2 }, ['', 'ab', '😀😀', 777], ['abc', '😀😀😀']],
      [{ minLength: 0 }, [''], []],
      [{ maxLength: 0 }, [''], ['a']],
      [{ pattern: '^C-[0-9]+$' }, ['C-1', 5], ['C-', 'xC-1', '']],
      [{ pattern: 'b' }, ['abc'], ['ac']],
      [{ pattern: '(' }, [5], ['(', '']],
      [{ minItems: 1 }, [[1], 'text'], [[]]],
      [{ maxItems: 1 }, [[], [1]], [[1, 2]]],
      [{ items: { type: 'string' } }, [[], ['a'], 'text', { 0: 1 }], [[1], ['a', null]]],
      [{ enum: ['a', 1, null, true] }, ['a', 1, null, true], ['b', '1', undefined, false, 0, []]],
      [{ const: 0 }, [0, -0], ['0', false, null]],
      [{ type: 'object' }, [{}], [[], null, 'text', 1]],
      [{ type: 'array' }, [[]], [{}, null, 'text']],
      [{ type: 'string' }, [''], [1, null]],
      [{ type: 'number' }, [1, 1.5], ['1', null]],
      [{ type: 'integer' }, [1, 2.0, -3], [1.5, '1', Number.POSITIVE_INFINITY]],
      [{ type: 'boolean' }, [true, false], [0, 'true']],
      [{ type: 'null' }, [null], [undefined, 0, '']],
      [{ required: ['a'] }, [{ a: null }, 'text', []], [{}, { b: 1 }, { a: undefined }]],
      [{ properties: { a: { type: 'number' } } }, [{ a: 1 }, {}, { b: 'x' }], [{ a: 'x' }]],
      [{ properties: { a: {} }, additionalProperties: false }, [{ a: 1 }, {}], [{ b: 1 }, { a: 1, b: null }]],
      [{ additionalProperties: true }, [{ a: 1 }], []],
      [{}, [1, null, {}, []], []],
    ];
    for (const [schema, inside, outside] of lines) {
      for (const value of inside) expect(fits(schema, value), JSON.stringify([schema, value])).toBe(true);
      for (const value of outside) expect(fits(schema, value), JSON.stringify([schema, value])).toBe(false);
    }
  });

  it('says where and why something does not fit', () => {
    const said = (schema: ArgumentSchema, value: unknown) => {
      const misfit = compileArguments(schema)(value);
      return misfit === null ? null : describeMisfit(misfit);
    };
    expect(said({ type: 'object' }, 1)).toBe('the arguments must be an object');
    expect(said({ properties: { to: { enum: ['a', 'b'] } } }, { to: 'c' })).toBe(
      'to must be one of "a", "b"',
    );
    expect(said({ properties: { to: { const: 1 } } }, { to: 2 })).toBe('to must be 1');
    expect(
      said(
        { properties: { a: { items: { properties: { b: { type: 'integer' } } } } } },
        { a: [{}, { b: 0.5 }] },
      ),
    ).toBe('a[1].b must be an integer');
    const long = said({ additionalProperties: false }, { ['k'.repeat(5000)]: 1 });
    expect(long?.length).toBeLessThan(120);
  });
});
