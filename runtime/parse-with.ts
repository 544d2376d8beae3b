import type { z } from 'zod';
import { AppError } from '@/lib/errors';

/** Input of a request in its declared shape. Throws `invalid` that names each fault by its path. */
export function parseWith<T extends z.ZodType>(schema: T, input: unknown, what: string): z.output<T> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const issues = result.error.issues.map((issue) => ({
    path: issue.path.map(String).join('/'),
    message: issue.message,
  }));
  const first = issues[0];
  throw new AppError(
    'invalid',
    `The ${what} is not usable: ${first === undefined ? 'wrong shape' : `${first.path === '' ? '' : `${first.path}: `}${first.message}`}.`,
    { issues },
  );
}
