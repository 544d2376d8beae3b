import { EVIDENCE_KINDS, type EvidenceKind } from './evidence-kinds';
import { type GateId, gateFrom, gatesFrom } from './gates';
import type { Stage } from './stages';

/** What was wrong, so that an agent is sent back: the pattern of these tells whether contracts were right. */
export const FALLBACK_CAUSES = ['contract', 'implementation', 'parameter', 'evidence', 'operation'] as const;
export type FallbackCause = (typeof FALLBACK_CAUSES)[number];

export const FALLBACK_CAUSE_TITLES: Readonly<Record<FallbackCause, { title: string; means: string }>> = {
  contract: { title: 'Contract', means: 'What was agreed was wrong.' },
  implementation: { title: 'Implementation', means: 'The contract was right; what was built was not.' },
  parameter: { title: 'Parameter', means: 'A figure was wrong: a limit, a target, a budget.' },
  evidence: { title: 'Evidence', means: 'What was shown did not hold.' },
  operation: { title: 'Operation', means: 'It could not be watched, paged for or stopped as agreed.' },
};

export function isFallbackCause(text: string): text is FallbackCause {
  return FALLBACK_CAUSES.some((cause) => cause === text);
}

/** The gate that an agent fell back from: the one it stood before. */
export function gateFallenFrom(stage: Stage): GateId {
  return gateFrom(stage);
}

/** An agent that was sent back. */
export interface Fallback {
  to: Stage;
  /** Null where none was kept. */
  cause: string | null;
  /** ms since 1970. */
  at: number;
}

/**
 * Whether evidence from before a fallback must be made again before a gate that it opened is signed. What speaks of a version
 * must: something about it was wrong. What speaks of the agent is not asked for twice, unless that was what was wrong.
 */
export function asksAgain(
  { to, cause, at }: Fallback,
  gate: GateId,
  evidence: { kind: EvidenceKind; producedAt: number },
): boolean {
  if (evidence.producedAt > at || !gatesFrom(to).includes(gate)) return false;
  const { speaksOf, where } = EVIDENCE_KINDS[evidence.kind];
  return speaksOf === 'version' || cause === 'evidence' || (cause === 'operation' && where === 'drills');
}
