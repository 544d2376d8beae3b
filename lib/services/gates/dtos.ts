import type { Actor } from '@/lib/auth/actor';
import { attestationDue, dayIn } from '@/lib/lifecycle/attestation';
import { isFallbackCause } from '@/lib/lifecycle/fallback';
import { GATE_IDS, GATES, type GateId, isGateId } from '@/lib/lifecycle/gates';
import { holdsOf, livePassages, nextGate, supersededAt } from '@/lib/lifecycle/passages';
import { latestOf, owesSignatures, supersededByAmendment } from './amendment-facts';
import type { AgentDto, AttestationDto, GateStepDto, ReviewRow, StageChangeDto, VersionDto } from './dto';
import type { AgentFacts, MoveFact, VersionFact } from './facts';
import type { ReviewFact } from './review-facts';

const iso = (at: number) => new Date(at).toISOString();

export function agentDto(agent: AgentFacts): AgentDto {
  const { id, name, displayName, businessUnit, stage } = agent;
  return { id, name, displayName, businessUnit, stage, stageEnteredAt: iso(agent.stageEnteredAt) };
}

export function versionDto(version: VersionFact): VersionDto {
  const { id, number, label, digest } = version;
  return { id, number, label, digest };
}

export function versionById(agent: AgentFacts, id: string | null): VersionDto | null {
  const version = agent.versions.find((each) => each.id === id);
  return version === undefined ? null : versionDto(version);
}

export function stageChangeDto(move: MoveFact): StageChangeDto {
  const { gate, cause } = move;
  return {
    id: move.id,
    from: move.from,
    to: move.to,
    kind: move.kind,
    gate: gate !== null && isGateId(gate) ? gate : null,
    reviewId: move.reviewId,
    cause: cause !== null && isFallbackCause(cause) ? cause : null,
    reason: move.reason,
    clause: move.clause,
    by: move.by,
    at: iso(move.at),
  };
}

export function reviewRow(
  agent: AgentFacts,
  review: ReviewFact,
  now: Pick<ReviewRow, 'waiting' | 'mine' | 'wants'>,
): ReviewRow {
  const superseded =
    review.state === 'passed' && review.closedAt !== null
      ? (supersededAt({ gate: review.gate, at: review.closedAt }, agent.moves) ??
        supersededByAmendment(agent, { ...review, at: review.closedAt }))
      : null;
  return {
    id: review.id,
    gate: review.gate,
    question: GATES[review.gate].question,
    state: review.state,
    agent: agentDto(agent),
    version: versionById(agent, review.versionId),
    openedAt: iso(review.openedAt),
    openedBy: review.openedBy,
    expiresAt: iso(review.expiresAt),
    closedAt: review.closedAt === null ? null : iso(review.closedAt),
    closeReason: review.closeReason,
    signatures: review.signatures,
    roles: review.roles,
    supersededAt: superseded === null ? null : iso(superseded),
    ...now,
  };
}

/** The gate an agent comes to next and for which version. */
export function nextOf(agent: AgentFacts): { gate: GateId; versionId: string | null } {
  return nextGate(agent.past, {
    inForceId: agent.inForceId,
    latestId: latestOf(agent)?.id ?? null,
    wasLive: (id) => agent.wasLive.has(id),
    owesSignatures: (id) => agent.amendments.some((each) => each.versionId === id && owesSignatures(each)),
  });
}

/** The six gates in a row, for one version. */
export function stepsOf(agent: AgentFacts, versionId: string | null): GateStepDto[] {
  const holds = holdsOf(agent.past, versionId);
  const next = nextOf(agent);
  return GATE_IDS.map((gate): GateStepDto => {
    const hold = holds[gate];
    const open = agent.reviews.find(
      (each) =>
        each.gate === gate &&
        each.state === 'open' &&
        (each.versionId === null || each.versionId === versionId),
    );
    const passage = agent.reviews.find((each) => each.id === hold.passage?.reviewId);
    const shown = open ?? passage;
    const state =
      open !== undefined
        ? 'open'
        : hold.state === 'passed'
          ? 'done'
          : hold.state !== 'due'
            ? hold.state
            : gate === next.gate && next.versionId === versionId
              ? 'next'
              : 'ahead';
    return {
      gate,
      question: GATES[gate].question,
      stage: GATES[gate].from,
      state,
      signed: shown?.signatures.length ?? 0,
      of: (shown?.roles ?? GATES[gate].roles).length,
      at: hold.passage === null ? null : iso(hold.passage.at),
      reviewId: shown?.id ?? null,
    };
  });
}

/** When what was agreed is due to be attested again; null before Production, and without a contract. */
export function attestationOf(agent: AgentFacts, zone: string, now: number): AttestationDto | null {
  const inForce = agent.versions.find((version) => version.id === agent.inForceId);
  if (agent.stage !== 'production' || inForce === undefined) return null;
  const last = livePassages(agent.past)
    .filter((passage) => passage.gate === 'G5' || passage.gate === 'G6')
    .reduce<number | null>((latest, { at }) => (latest === null || at > latest ? at : latest), null);
  return {
    // Who was taken over was last reviewed when its contract says so.
    ...attestationDue(
      last === null ? inForce.lastReviewed : dayIn(last, zone),
      inForce.reviewEveryDays,
      now,
      zone,
    ),
    lastAt: last === null ? null : iso(last),
    everyDays: inForce.reviewEveryDays,
  };
}

/** Whether it is one of the reader's own. */
export function isReader(actor: Actor, id: string | undefined): boolean {
  return actor.kind === 'person' && actor.personId === id;
}
