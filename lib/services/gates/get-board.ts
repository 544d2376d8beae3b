import type { Actor } from '@/lib/auth/actor';
import { authorize, can } from '@/lib/auth/can';
import { db } from '@/lib/db/pool';
import { isAdopted } from '@/lib/lifecycle/passages';
import { STAGE_TITLES, STAGES } from '@/lib/lifecycle/stages';
import type { BoardDetail, BoardRow, ReviewRow } from './dto';
import { agentDto, attestationOf, versionById } from './dtos';
import { type AgentFacts, type GateFacts, gateFacts } from './facts';
import { nextGateOf } from './next-gate';
import { waitingOf } from './people';
import { missingOf, rowOf } from './review-rows';

/** All agents by stage, each with what its next gate waits for, and the passages that are open, the oldest first. */
export async function getBoard(actor: Actor): Promise<BoardDetail> {
  const { workspaceId } = actor;
  authorize(actor, 'gate.read', { workspaceId });
  const facts = await gateFacts(
    db(),
    workspaceId,
    actor.kind === 'key' && actor.agentId !== null ? { agentIds: [actor.agentId] } : {},
  );
  const now = Date.now();
  const open = await Promise.all(
    facts.agents.flatMap((agent) =>
      agent.reviews
        .filter((review) => review.state === 'open')
        .map((review) => rowOf(db(), actor, facts, agent, review, now)),
    ),
  );
  const rows = facts.agents.map((agent) => boardRow(actor, facts, agent, open, now));
  return {
    stages: STAGES.map((stage) => ({
      stage,
      title: STAGE_TITLES[stage],
      agents: rows.filter((row) => row.agent.stage === stage),
    })),
    open: open.sort((a, b) => a.openedAt.localeCompare(b.openedAt)),
    mayOpen: can(actor, 'gate.open', { workspaceId }),
  };
}

function boardRow(
  actor: Actor,
  facts: GateFacts,
  agent: AgentFacts,
  open: readonly ReviewRow[],
  now: number,
): BoardRow {
  const adopted = isAdopted(agent.past);
  const attestation = attestationOf(agent, facts.zone, now);
  const { dto, standing } = nextGateOf(actor, facts, agent, now);
  const missing = missingOf(standing.asked);
  // In Production nothing is next before an attestation is due or opened, or a later version waits for one.
  const asked =
    dto.gate !== 'G6' ||
    dto.reviewId !== null ||
    attestation?.overdue === true ||
    dto.version?.id !== agent.inForceId;
  const review = open.find((each) => each.id === dto.reviewId);
  return {
    agent: agentDto(agent),
    adopted,
    versionInForce: versionById(agent, agent.inForceId),
    next: !asked
      ? null
      : {
          gate: dto.gate,
          question: dto.question,
          version: dto.version,
          reviewId: dto.reviewId,
          missing,
          signed: dto.roles.filter((role) => role.signature !== null).map((role) => role.role),
          awaited: dto.roles.filter((role) => role.signature === null).map((role) => role.role),
        },
    waiting: !asked
      ? null
      : (review?.waiting ??
        waitingOf(actor, {
          since: agent.stageEnteredAt,
          missing,
          on: [],
          obstacle: dto.whyNotOpen ?? 'nobody has opened the review yet.',
        })),
    attestation,
  };
}
