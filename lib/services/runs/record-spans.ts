import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import type { RawSpan } from '@/lib/telemetry/span';
import { prepareSpans } from './prepare-spans';
import { type Refused, SpanWriter } from './span-writer';

const writer = new SpanWriter();

/**
 * Keeps spans for good: recognised, joined to their runs, classified, deduplicated. Resolves once they are committed,
 * with those that could not be kept.
 *
 * @throws AppError `rate_limited` when more waits than can be written, `unavailable` when the database is away
 */
export async function recordSpans(actor: Actor, spans: readonly RawSpan[]): Promise<Refused> {
  authorize(actor, 'run.ingest', { workspaceId: actor.workspaceId });
  if (spans.length === 0) return { count: 0, reasons: [] };
  const prepared = prepareSpans(actor.workspaceId, spans);
  try {
    return await writer.write(actor.workspaceId, {
      spans: prepared.spans,
      boundAgentId: actor.kind === 'key' ? actor.agentId : null,
    });
  } finally {
    prepared.release();
  }
}
