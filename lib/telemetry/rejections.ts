import { AppError } from '@/lib/errors';

/** Counts spans that could not be kept, by reason. */
export class Rejections {
  private readonly counts = new Map<string, number>();

  add(reason: string): void {
    this.counts.set(reason, (this.counts.get(reason) ?? 0) + 1);
  }

  summary(): { count: number; reasons: string[] } {
    let count = 0;
    const reasons: string[] = [];
    for (const [reason, times] of this.counts) {
      count += times;
      reasons.push(`${times} ${times === 1 ? 'span' : 'spans'}: ${reason}`);
    }
    return { count, reasons };
  }
}

/** The reasons, said alike for both encodings. */
export const REASONS = {
  traceId: 'traceId must be 16 bytes (32 hex digits), not all zero',
  spanId: 'spanId must be 8 bytes (16 hex digits), not all zero',
  parentSpanId: 'parentSpanId must be 8 bytes (16 hex digits), or empty for a root',
} as const;

/** More than one request may hold, however few bytes that takes. */
export function tooMany(what: string, most: number): AppError {
  const limit = most.toLocaleString('en-US');
  return new AppError('too_large', `A request may hold at most ${limit} ${what}. Send smaller batches.`);
}
