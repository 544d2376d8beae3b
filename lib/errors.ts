/**
 * The one error vocabulary. Each code says when it happens and which HTTP status carries it;
 * each message says what the reader can do next.
 */
export const ERROR_CODES = {
  /** Nobody is signed in, or the session has ended. */
  unauthenticated: 401,
  /** No API key, or one that is unknown or revoked. */
  invalid_key: 401,
  /** The person or key is known but may not do this. */
  forbidden: 403,
  /** It does not exist in this workspace (or belongs to another, which looks the same). */
  not_found: 404,
  /** The request's shape is wrong; `issues` names each fault. */
  invalid: 400,
  /** A contract that does not fit the schema; `issues` names line, path and expected value. */
  invalid_contract: 422,
  /** It was changed meanwhile, or its state does not allow this step. */
  conflict: 409,
  /** The body is larger than this endpoint takes. */
  too_large: 413,
  /** The Content-Type or Content-Encoding is not one this endpoint reads. */
  unsupported_media: 415,
  /** Too many requests; `retryAfterSeconds` says when to come back. */
  rate_limited: 429,
  /** A dependency (the database) is out of reach for now; the same request may be sent again. */
  unavailable: 503,
  /** Ours: a bug. The reference in the message is in the log too. */
  internal: 500,
} as const;
export type ErrorCode = keyof typeof ERROR_CODES;

/** One fault of an input: where it stands and what was expected there. */
export interface Issue {
  /** Clause-like path, e.g. `risk/thresholds/high`; empty for the whole. */
  path: string;
  /** 1-based line and column in the text that was sent, where there is one. */
  line?: number;
  column?: number;
  message: string;
  /** What would have been right, in words. */
  expected?: string;
  /** True where nothing stands yet: still to be written rather than wrong. */
  missing?: boolean;
}

export class AppError extends Error {
  readonly code: ErrorCode;
  readonly issues: readonly Issue[];
  readonly retryAfterSeconds: number | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    options: { issues?: readonly Issue[]; retryAfterSeconds?: number; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.issues = options.issues ?? [];
    this.retryAfterSeconds = options.retryAfterSeconds;
  }

  get status(): number {
    return ERROR_CODES[this.code];
  }

  /** What is sent to a client: never a stack, never a cause. */
  toJSON(): { error: { code: ErrorCode; message: string; issues?: readonly Issue[] } } {
    return {
      error: {
        code: this.code,
        message: this.message,
        ...(this.issues.length > 0 ? { issues: this.issues } : {}),
      },
    };
  }
}

/** Connection refused, reset or timed out; or PostgreSQL shutting down, starting up, out of connections, or too slow for a statement. */
export function isUnreachable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof AggregateError && error.errors.some(isUnreachable)) return true;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  // Node's, PostgreSQL's and Prisma's.
  if (
    /^(ECONN|EPIPE|ETIMEDOUT|EHOST|ENET|ENOTFOUND|EAI_|08|57P0|57014|55P03|53|P1001|P1002|P1008|P1017|P2024)/.test(
      code,
    )
  )
    return true;
  if (
    /Connection terminated|timeout expired|timeout exceeded when trying to connect|Query read timeout|not queryable|server (has )?closed the connection|client was closed|Can't reach database server|DatabaseNotReachable/i.test(
      error.message,
    )
  )
    return true;
  return isUnreachable(error.cause);
}
