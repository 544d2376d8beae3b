import type { z } from 'zod';
import { AppError } from '@/lib/errors';
import { issueInWords, issueLine } from '@/lib/issue-words';

/** The parameters of a request's URL through a schema. Throws `invalid` naming each one that is wrong. */
export function readQuery<T extends z.ZodType>(schema: T, request: Request): z.output<T> {
  const result = schema.safeParse(Object.fromEntries(new URL(request.url).searchParams), {
    reportInput: true,
  });
  if (result.success) return result.data;
  const issues = result.error.issues.map((issue) => issueInWords(issue, '.'));
  throw new AppError(
    'invalid',
    `Something in the address is not right. ${issues.slice(0, 1).map(issueLine).join('')}`.trimEnd(),
    { issues },
  );
}
