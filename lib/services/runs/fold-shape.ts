import { addPart } from '@/lib/response/fingerprint';
import { type AgentEvidence, addTo, comparePlaces, EVIDENCE, placeOf, type RunFold } from './run-fold';
import type { RunSpan } from './run-span';

/** Start and end of a span, microseconds. */
export type Interval = readonly [number, number];

/** Clocks of two processes of one run may differ by this much before it is called skew. */
const SKEW_US = 1000;
/** Children of parents that never come are not remembered without end. */
const MAX_WAITING = 2000;

/**
 * Adds what does not depend on order: counts, times, faults, the agent's evidence, which traces have their root, and
 * whether a child began outside its parent's interval.
 *
 * @param spans new to the fold, of one run
 * @param parentOf the interval of a span's parent that is stored or in `spans`; undefined while it is not in
 * @param boundAgentId the agent that the key which sent them is bound to
 */
export function foldShape(
  fold: RunFold,
  spans: readonly RunSpan[],
  parentOf: (span: RunSpan, parentId: string) => Interval | undefined,
  boundAgentId: (span: RunSpan) => string | null,
): void {
  const remembered = Object.keys(fold.waiting).length;
  const room = { left: MAX_WAITING - remembered };
  for (const span of spans) {
    const endUs = span.startUs + span.durationUs;
    fold.spans += 1;
    if (span.failed) fold.errors += 1;
    if (span.operation === 'tool') fold.toolCalls += 1;
    else if (span.operation === 'model') fold.modelCalls += 1;
    if (fold.startUs === null || span.startUs < fold.startUs) fold.startUs = span.startUs;
    if (fold.endUs === null || endUs > fold.endUs) fold.endUs = endUs;
    for (const fault of span.faults) addTo(fold.faults, fault);
    if (span.code !== null) addPart(fold.fingerprint, 'code', span.code);
    if (span.prompt !== null) addPart(fold.fingerprint, 'prompts', span.prompt);
    if (span.tool !== null) addPart(fold.fingerprint, 'tools', span.tool.name);
    else if (span.model !== null && span.operation === 'model')
      addPart(fold.fingerprint, 'models', span.model);
    if (span.parentSpanId === null) {
      fold.rootEndUs = Math.max(fold.rootEndUs ?? 0, endUs);
      const at = fold.open.indexOf(span.traceId);
      if (at >= 0) fold.open.splice(at, 1);
    } else meetParent(fold, span, span.parentSpanId, parentOf, room);
    if (room.left < MAX_WAITING) meetChildren(fold, span, endUs);
    const evidence = evidenceOf(span, boundAgentId(span));
    if (fold.agent === null || isBetter(evidence, fold.agent)) fold.agent = evidence;
  }
  fold.faults.sort();
  fold.open.sort();
}

function meetParent(
  fold: RunFold,
  span: RunSpan,
  parentId: string,
  parentOf: (span: RunSpan, parentId: string) => Interval | undefined,
  room: { left: number },
): void {
  const { startUs } = span;
  const parent = parentOf(span, parentId);
  if (parent !== undefined) {
    if (isOutside(startUs, parent)) addTo(fold.faults, 'clock-skew');
    return;
  }
  const key = `${span.traceId} ${parentId}`;
  const waiting = fold.waiting[key];
  if (waiting !== undefined) {
    waiting[0] = Math.min(waiting[0], startUs);
    waiting[1] = Math.max(waiting[1], startUs);
  } else if (room.left > 0) {
    room.left -= 1;
    fold.waiting[key] = [startUs, startUs];
  }
}

function meetChildren(fold: RunFold, span: RunSpan, endUs: number): void {
  const key = `${span.traceId} ${span.spanId}`;
  const children = fold.waiting[key];
  if (children === undefined) return;
  delete fold.waiting[key];
  const interval: Interval = [span.startUs, endUs];
  if (isOutside(children[0], interval) || isOutside(children[1], interval)) addTo(fold.faults, 'clock-skew');
}

function isOutside(startUs: number, [from, to]: Interval): boolean {
  return startUs < from - SKEW_US || startUs > to + SKEW_US;
}

function evidenceOf(span: RunSpan, boundAgentId: string | null): AgentEvidence {
  const at = placeOf(span);
  const names = [...span.agentNames];
  if (boundAgentId !== null) return { rank: EVIDENCE.indexOf('key'), at, names, agentId: boundAgentId };
  if (names.length > 0)
    return { rank: EVIDENCE.indexOf(span.parentSpanId === null ? 'root' : 'span'), at, names, agentId: null };
  if (span.service !== null)
    return { rank: EVIDENCE.indexOf('service'), at, names: [span.service], agentId: null };
  return { rank: EVIDENCE.indexOf('none'), at, names, agentId: null };
}

export function isBetter(a: AgentEvidence, b: AgentEvidence): boolean {
  return a.rank !== b.rank ? a.rank < b.rank : comparePlaces(a.at, b.at) < 0;
}
