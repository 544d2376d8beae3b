import type { z } from 'zod';
import { AppError } from '@/lib/errors';
import { issueInWords, issueLine } from '@/lib/issue-words';

/** Input of a request in its declared shape. Throws `invalid` that names each fault by its path. */
export function parseWith<T extends z.ZodType>(schema: T, input: unknown, what: string): z.output<T> {
  const result = schema.safeParse(input, { reportInput: true });
  if (result.success) return result.data;
  const issues = result.error.issues.map((issue) => issueInWords(issue));
  throw new AppError(
    'invalid',
    `The ${what} is not usable. ${issues.slice(0, 1).map(issueLine).join('')}`.trimEnd(),
    {
      issues,
    },
  );
}
