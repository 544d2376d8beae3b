import { expect, test } from 'vitest';
import { z } from 'zod';
import { issueInWords, issueLine } from './issue-words';

const schema = z.strictObject({
  limit: z.coerce.number().int().max(200),
  order: z.enum(['asc', 'desc']),
  q: z.string().max(5),
  day: z.iso.date().optional(),
  name: z.string().min(1, 'What is it called?'),
});

function linesOf(input: unknown): string[] {
  const result = schema.safeParse(input, { reportInput: true });
  return result.success ? [] : result.error.issues.map((issue) => issueLine(issueInWords(issue)));
}

test('faults of an input are told in words, never in the validator’s', () => {
  const lines = linesOf({
    limit: '900',
    order: 'up',
    q: 'much too long',
    day: 'today',
    name: '',
    colour: 'red',
  });
  expect(lines).toEqual([
    'limit: This is too large or too long. Expected a number of at most 200.',
    'order: This value is not known here. Expected one of asc, desc.',
    'q: This is too large or too long. Expected at most 5 characters.',
    'day: This is not written as it should be. Expected a day, as 2026-11-21.',
    'name: What is it called?',
    '"colour" is not known here.',
  ]);
  expect(linesOf({ limit: 'many', order: 'asc', q: '', name: 'x' })[0]).toMatch(
    /^limit: .* Expected a number/,
  );
});

test('what is missing is said to be missing', () => {
  expect(linesOf({ limit: 1, q: '', name: 'x' })).toEqual([
    'order: This is missing. Expected one of asc, desc.',
  ]);
});
