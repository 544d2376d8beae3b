import { randomUUID } from 'node:crypto';
import { AppError, ERROR_CODES, type ErrorCode, isUnreachable } from '@/lib/errors';

/** Any error in the one vocabulary. `report` is told of those that are our fault, with the reference a client gets. */
export function asAppError(error: unknown, report: (reference: string) => void): AppError {
  if (error instanceof AppError) {
    if (error.code === 'internal') report(randomUUID());
    return error;
  }
  if (isUnreachable(error))
    return new AppError('unavailable', 'The database is out of reach for now. Send it again later.', {
      retryAfterSeconds: 2,
      cause: error,
    });
  const status = statusOf(error);
  if (status === ERROR_CODES.unsupported_media)
    return new AppError('unsupported_media', 'Send the body as JSON, with content-type: application/json.');
  if (status !== null && error instanceof Error)
    return new AppError(CODE_OF_STATUS.get(status) ?? 'invalid', error.message);
  const reference = randomUUID();
  report(reference);
  return new AppError('internal', `Something failed on our side; the log has it under ${reference}.`, {
    cause: error,
  });
}

const CODE_OF_STATUS = new Map<number, ErrorCode>([
  [ERROR_CODES.not_found, 'not_found'],
  [ERROR_CODES.too_large, 'too_large'],
  [ERROR_CODES.rate_limited, 'rate_limited'],
  [ERROR_CODES.unavailable, 'unavailable'],
]);

/** The 4xx status (or 503 while closing) that Fastify gave an error, if any. */
function statusOf(error: unknown): number | null {
  if (!(error instanceof Error) || !('statusCode' in error)) return null;
  const status = error.statusCode;
  if (typeof status !== 'number') return null;
  return (status >= 400 && status < 500) || status === 503 ? status : null;
}
