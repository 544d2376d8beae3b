import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { recordEvaluations } from '@/lib/services/signals/record-evaluations';
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
    const refused = await writer.write(actor.workspaceId, {
      spans: prepared.spans,
      boundAgentId: actor.kind === 'key' ? actor.agentId : null,
    });
    const unread = await recordEvaluations(actor, spans, new Date());
    // Their spans are kept; the sender is told all the same.
    return unread.length === 0 ? refused : { count: refused.count, reasons: [...refused.reasons, ...unread] };
  } finally {
    prepared.release();
  }
}
