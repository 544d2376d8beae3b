import type { z } from 'zod';
import { AppError } from '@/lib/errors';

/** The parameters of a request's URL through a schema. Throws `invalid` naming each one that is wrong. */
export function readQuery<T extends z.ZodType>(schema: T, request: Request): z.output<T> {
  const result = schema.safeParse(Object.fromEntries(new URL(request.url).searchParams));
  if (result.success) return result.data;
  throw new AppError('invalid', 'Something in the address is not right.', {
    issues: result.error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message })),
  });
}
