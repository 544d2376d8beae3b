import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { classifyTool, type ToolFacts } from './classify-tool';
import { choiceOf, entryOf, suggestionSchema } from './decided-tool';
import { toolSchema } from './schema';

const action = (name: string, facts: Partial<ToolFacts> = {}) =>
  classifyTool({ name, ...facts }).action.value;

describe('what a tool does', () => {
  it.each([
    ['orders.get', 'read'],
    ['searchFlights', 'read'],
    ['order_lookup', 'read'],
    ['get_payments', 'read'],
    ['claims.note', 'write'],
    ['delete_file', 'write'],
    ['payments.draft', 'write'],
    ['payments.void', 'write'],
    ['transfer_to_human', 'write'],
    ['payments.release', 'transact'],
    ['create_refund', 'transact'],
    ['stripe.charges.create', 'transact'],
    ['send_money', 'transact'],
    ['book_reservation', 'transact'],
    ['frobnicate', 'write'],
  ])('%s is taken for a %s', (name, expected) => {
    expect(action(name)).toBe(expected);
  });

  it('follows the method of an HTTP operation, and a POST that searches is a read', () => {
    expect(action('/things', { method: 'GET' })).toBe('read');
    expect(action('things', { method: 'post' })).toBe('write');
    expect(action('searchThings', { method: 'POST' })).toBe('read');
    expect(action('createPayment', { method: 'POST' })).toBe('transact');
  });

  it('is no read when it runs what it is given, unless its server says it only reads', () => {
    const schema = { type: 'object', properties: { sql: { type: 'string' } } };
    expect(action('query', { schema })).toBe('write');
    expect(action('query', { schema, hints: { readOnlyHint: true } })).toBe('read');
  });

  it('is the stricter of two signs that contradict each other, and says so', () => {
    const found = classifyTool({ name: 'payments.release', hints: { readOnlyHint: true } });
    expect(found.action).toMatchObject({ value: 'transact', sure: 'guess' });
    expect(found.doubts).toHaveLength(1);
  });

  it('is never made less by what a server says of itself', () => {
    fc.assert(
      fc.property(
        fc
          .array(
            fc.constantFrom(
              'get',
              'list',
              'create',
              'pay',
              'delete',
              'payment',
              'order',
              'note',
              'draft',
              'send',
            ),
            {
              minLength: 1,
              maxLength: 3,
            },
          )
          .map((words) => words.join('_')),
        fc.record({
          readOnlyHint: fc.option(fc.boolean(), { nil: undefined }),
          destructiveHint: fc.option(fc.boolean(), { nil: undefined }),
          openWorldHint: fc.option(fc.boolean(), { nil: undefined }),
        }),
        (name, hints) => {
          const rank = { read: 0, write: 1, transact: 2 };
          const alone = classifyTool({ name });
          // A name that says nothing is no sign.
          if (alone.action.sure === 'guess') return;
          expect(rank[action(name, { hints })]).toBeGreaterThanOrEqual(rank[alone.action.value]);
        },
      ),
    );
  });
});

it('finds where data goes out, what it may be, and what undoes a call', () => {
  const schema = {
    type: 'object',
    properties: {
      customer_email: { type: 'string' },
      iban: { type: 'string' },
      request_id: { type: 'string' },
    },
  };
  const found = classifyTool({ name: 'create_order', schema, others: ['cancel_order', 'get_order'] });
  expect(found.reversible).toMatchObject({ value: { by: 'cancel_order' } });
  expect(found.categories.map((each) => each.category)).toEqual(
    expect.arrayContaining(['bank-account', 'contact', 'personal']),
  );
  expect(found.idempotencyKey?.value).toBe('request_id');
  expect(classifyTool({ name: 'send_email' }).egress.value).toBe(true);
  expect(classifyTool({ name: 'delete_email' }).egress.value).toBe(false);
  expect(classifyTool({ name: 'fetch', schema: { properties: { url: {} } } }).egress.value).toBe(true);
});

it('whatever a source says, the suggestion can be stored and becomes an entry a contract can list', () => {
  fc.assert(
    fc.property(
      fc.string(),
      fc.jsonValue(),
      fc.option(fc.string(), { nil: null }),
      (name, schema, description) => {
        const suggestion = classifyTool({ name, schema, description: description ?? undefined });
        expect(suggestionSchema.parse(JSON.parse(JSON.stringify(suggestion)))).toEqual(suggestion);
        const entry = entryOf(choiceOf(suggestion), { server: 'x', description, suggestion });
        expect(toolSchema.safeParse(entry).success).toBe(true);
      },
    ),
  );
});

const LABELS = new URL('../../../shared/data/', import.meta.url);
const labelSchema = z.record(z.string(), z.object({ class: z.enum(['read', 'write', 'transact']) }));

describe.skipIf(!existsSync(LABELS))('against tools whose class was read off their code', () => {
  const airline = z
    .object({ domains: z.object({ airline: labelSchema }) })
    .transform((file) => file.domains.airline);
  const assistant = z.object({ tools: labelSchema }).transform((file) => file.tools);
  const read = (name: string): unknown => JSON.parse(readFileSync(new URL(name, LABELS), 'utf8'));

  it('suggests read for none that writes, and the right class for nine of ten', () => {
    const tools = Object.entries({
      ...airline.parse(read('airline.tools.json')),
      ...assistant.parse(read('assistant.tools.json')),
    });
    const others = tools.map(([name]) => name);
    const wrong = tools.filter(([name, label]) => action(name, { others }) !== label.class);
    expect(wrong.filter(([name]) => action(name, { others }) === 'read').map(([name]) => name)).toEqual([]);
    expect(wrong.length / tools.length).toBeLessThan(0.1);
  });
});
