import { describe, expect, it } from 'vitest';
import { importArguments } from './import-arguments';
import { openApiTools } from './openapi-tools';

describe('arguments of a tool', () => {
  it('keep what decisions enforce, and name what they cannot', () => {
    const { schema, dropped } = importArguments({
      $schema: 'http://json-schema.org/draft-07/schema#',
      type: 'object',
      properties: {
        id: { type: 'string', format: 'uuid', title: 'Id' },
        amount: { type: 'number', minimum: 0, multipleOf: 0.01 },
        kind: { anyOf: [{ type: 'string' }, { type: 'number' }] },
        wrapped: { allOf: [{ $ref: '#/$defs/name' }] },
        maybe: { type: ['string', 'null'] },
        evil: { type: 'string', pattern: '(a+)+$' },
      },
      required: ['id'],
      additionalProperties: false,
      $defs: { name: { type: 'string', maxLength: 20 } },
    });
    expect(schema).toEqual({
      type: 'object',
      properties: {
        id: { type: 'string' },
        amount: { type: 'number', minimum: 0 },
        kind: {},
        wrapped: { type: 'string', maxLength: 20 },
        maybe: {},
        evil: { type: 'string' },
      },
      required: ['id'],
      additionalProperties: false,
    });
    expect(dropped).toEqual([
      '"format" of id',
      '"multipleOf" of amount',
      '"anyOf" of kind',
      '"type" of maybe',
      '"pattern" of evil',
    ]);
  });

  it('that refer to themselves end, and what says nothing is nothing', () => {
    const endless = { type: 'object', properties: { child: { $ref: '#' } } };
    expect(importArguments(endless).dropped.join()).toContain('deeper than 8 levels');
    const names = Array.from({ length: 40 }, (_, index) => `p${index}`);
    const many = { properties: Object.fromEntries(names.map((name) => [name, { $ref: '#' }])) };
    const began = performance.now();
    expect(importArguments(many).dropped).toHaveLength(20);
    expect(performance.now() - began).toBeLessThan(1000);
    expect(importArguments({ properties: { a: { $ref: 'http://elsewhere/x' } } }).dropped).toEqual([
      'the reference http://elsewhere/x',
    ]);
    expect(importArguments(true)).toEqual({ schema: undefined, dropped: [] });
    expect(importArguments({ type: 'file' })).toMatchObject({ schema: undefined });
  });
});

describe('an OpenAPI file', () => {
  it('of Swagger 2.0 has its body among the arguments, and operations without an id are named by method and path', () => {
    const read = openApiTools(
      JSON.stringify({
        swagger: '2.0',
        info: { title: 'Old' },
        paths: {
          '/pets/{id}': {
            parameters: [{ name: 'id', in: 'path', required: true, type: 'integer' }],
            get: { summary: 'One pet' },
            put: {
              parameters: [
                { name: 'X-Trace', in: 'header', type: 'string' },
                { in: 'body', name: 'pet', required: true, schema: { $ref: '#/definitions/Pet' } },
              ],
            },
          },
        },
        definitions: {
          Pet: { type: 'object', required: ['name'], properties: { name: { type: 'string' } } },
        },
      }),
    );
    expect(read).toMatchObject({
      ok: true,
      title: 'Old',
      tools: [
        { name: 'get_pets_id', description: 'One pet', hints: { method: 'GET' } },
        {
          name: 'put_pets_id',
          arguments: {
            properties: { id: { type: 'integer' }, name: { type: 'string' } },
            required: ['id', 'name'],
          },
        },
      ],
    });
  });

  it.each([
    ['no YAML', '{"a": '],
    ['another kind of file', 'apiVersion: countersign/v1'],
    ['without operations', '{"openapi":"3.0.0","paths":{}}'],
    [
      'an alias bomb',
      `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefgh'
        .split('')
        .map((key, at) => `${key}: &${key} [${Array(9).fill(`*${'abcdefgh'[at]}`).join(',')}]`)
        .join('\n')}`,
    ],
    ['too long', ' '.repeat(3_000_001)],
  ])('that is %s is refused with the reason', (_, source) => {
    expect(openApiTools(source)).toMatchObject({ ok: false, issues: [{ path: 'file' }] });
  });

  it('with one name for two operations loses neither', () => {
    const read = openApiTools(
      '{"openapi":"3.0.0","paths":{"/a":{"get":{"operationId":"x"}},"/b":{"get":{"operationId":"x"}}}}',
    );
    expect(read.ok ? read.tools.map((tool) => tool.name) : []).toEqual(['x', 'x_2']);
  });
});
