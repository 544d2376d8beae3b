import { newId } from '@/lib/db/id';
import type { KnownRuns, StoredRun } from './load-runs';
import { type AgentEvidence, compareSpans } from './run-fold';
import type { RunSpan } from './run-span';

/** The spans of one trace that came in one batch, each id once, in order. */
export interface TraceArrivals {
  traceId: string;
  spans: RunSpan[];
  /** The agent the key that sent them is bound to. */
  boundAgentId: string | null;
}

/** What one batch does to one run. */
export interface RunWork {
  id: string;
  /** Null when this batch brings it into being. */
  stored: StoredRun | null;
  key: string;
  conversationId: string | null;
  arrivals: TraceArrivals[];
  /** Traces that were not this run's before. */
  gained: string[];
  /** Fold it anew from all its spans. */
  rebuild: boolean;
  /** What was known of the agents of runs that joined this one. */
  inherited: AgentEvidence[];
}

/** A run that all its traces leave, and the run they join. */
export interface LeavingRun {
  work: RunWork;
  to: string;
}

export interface Joined {
  works: RunWork[];
  /** Traces that change runs. */
  moves: { traceId: string; from: string; to: string }[];
}

/** Traces with more spans than this get a set of their ids; in smaller ones looking through them is quicker. */
const FEW = 24;

/** Sorts a batch into traces. A span sent twice counts once: the one that came first. */
export function groupByTrace(
  batch: Iterable<{ spans: readonly RunSpan[]; boundAgentId: string | null }>,
): Map<string, TraceArrivals> {
  const traces = new Map<string, TraceArrivals>();
  const seen = new Map<TraceArrivals, Set<string>>();
  for (const { spans, boundAgentId } of batch)
    for (const span of spans) {
      const known = traces.get(span.traceId);
      if (known === undefined) {
        traces.set(span.traceId, { traceId: span.traceId, spans: [span], boundAgentId });
      } else if (!has(known, span.spanId, seen)) {
        known.spans.push(span);
        known.boundAgentId ??= boundAgentId;
      }
    }
  for (const trace of traces.values()) sortSpans(trace.spans);
  return traces;
}

function has(trace: TraceArrivals, spanId: string, seen: Map<TraceArrivals, Set<string>>): boolean {
  const { spans } = trace;
  if (spans.length <= FEW) {
    for (const span of spans) if (span.spanId === spanId) return true;
    return false;
  }
  let ids = seen.get(trace);
  if (ids === undefined) {
    ids = new Set();
    for (const span of spans) ids.add(span.spanId);
    seen.set(trace, ids);
  }
  if (ids.has(spanId)) return true;
  ids.add(spanId);
  return false;
}

/** A few spans, of which the root comes last and belongs first: moved one by one, without the copies `sort` makes. */
function sortSpans(spans: RunSpan[]): void {
  if (spans.length > FEW) {
    spans.sort(compareSpans);
    return;
  }
  for (let next = 1; next < spans.length; next++) {
    const span = spans[next];
    if (span === undefined) continue;
    let at = next;
    for (let before = spans[at - 1]; before !== undefined; before = spans[at - 1]) {
      if (compareSpans(before, span) <= 0) break;
      spans[at] = before;
      at -= 1;
    }
    spans[at] = span;
  }
}

/** The conversation a trace belongs to: the first one its spans name. They must be in order. */
export function conversationOf(spans: readonly RunSpan[]): string | null {
  for (const span of spans) if (span.conversationId !== null) return span.conversationId;
  return null;
}

/**
 * Decides which run each trace belongs to: the run of its conversation, else one of its own. A trace whose conversation
 * is learnt late gives its run that name, or joins the run that has it.
 *
 * @param conversations the conversation of each trace (null: none known), over all its spans where they disagree
 */
export function joinTraces(
  traces: ReadonlyMap<string, TraceArrivals>,
  conversations: ReadonlyMap<string, string | null>,
  known: KnownRuns,
): Joined {
  const works = new Map<string, RunWork>();
  const moves: Joined['moves'] = [];
  const byKey = new Map<string, RunWork>();

  const workOn = (run: StoredRun): RunWork => {
    const open = works.get(run.id);
    if (open !== undefined) return open;
    const work: RunWork = {
      id: run.id,
      stored: run,
      key: run.key,
      conversationId: run.conversationId,
      arrivals: [],
      gained: [],
      rebuild: false,
      inherited: [],
    };
    works.set(run.id, work);
    byKey.set(run.key, work);
    return work;
  };
  const find = (key: string): RunWork | undefined => {
    const open = byKey.get(key);
    if (open !== undefined) return open;
    const stored = known.byKey.get(key);
    // Its key may have changed in this very batch: then it is no longer found under the old one.
    if (stored === undefined || works.has(stored.id)) return undefined;
    return workOn(stored);
  };
  const runFor = (traceId: string, conversation: string | null): RunWork => {
    const key = conversation ?? traceId;
    const found = find(key);
    if (found !== undefined) {
      if (conversation !== null) found.conversationId = conversation;
      return found;
    }
    const work: RunWork = {
      id: newId(),
      stored: null,
      key,
      conversationId: conversation,
      arrivals: [],
      gained: [],
      rebuild: false,
      inherited: [],
    };
    works.set(work.id, work);
    byKey.set(key, work);
    return work;
  };

  for (const trace of traces.values()) {
    const { traceId } = trace;
    const conversation = conversations.get(traceId) ?? null;
    const runId = known.traces.get(traceId);
    const stored = runId === undefined ? undefined : known.runs.get(runId);
    let target: RunWork;
    if (stored === undefined) {
      target = runFor(traceId, conversation);
      target.gained.push(traceId);
    } else {
      const current = workOn(stored);
      if (conversation === null || current.conversationId === conversation) target = current;
      else if (current.conversationId === null && find(conversation) === undefined) {
        byKey.delete(current.key);
        current.key = conversation;
        current.conversationId = conversation;
        byKey.set(conversation, current);
        target = current;
      } else {
        target = runFor(traceId, conversation);
        if (target !== current) {
          target.gained.push(traceId);
          target.rebuild = true;
          current.rebuild = true;
          if (stored.fold.agent !== null) target.inherited.push(stored.fold.agent);
          moves.push({ traceId, from: current.id, to: target.id });
        }
      }
    }
    target.arrivals.push(trace);
  }
  return { works: [...works.values()], moves };
}
