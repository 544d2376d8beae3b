import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { AppError } from '@/lib/errors';
import type { RawSpan } from '@/lib/telemetry/span';

/** Spans that could not be kept, and why. */
export interface Refused {
  count: number;
  reasons: string[];
}

/**
 * Keeps spans for good: recognised, joined to their runs, classified, deduplicated. Resolves once they are committed.
 *
 * @throws AppError `rate_limited` when more waits than can be written, `unavailable` when the database is away
 */
export async function recordSpans(actor: Actor, spans: RawSpan[]): Promise<Refused> {
  authorize(actor, 'run.ingest', { workspaceId: actor.workspaceId });
  if (spans.length === 0) return { count: 0, reasons: [] };
  throw new AppError('unavailable', 'Spans cannot be kept yet.');
}
