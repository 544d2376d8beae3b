import type { Actor } from '@/lib/auth/actor';
import { can } from '@/lib/auth/can';
import { GATES } from '@/lib/lifecycle/gates';
import { wayOf } from '@/lib/lifecycle/passages';
import type { NextGateDto } from './dto';
import { nextOf, versionDto } from './dtos';
import type { AgentFacts, GateFacts } from './facts';
import { whyNotOpen } from './open-review';
import { type Passing, rolesOf } from './people';
import { missingOf } from './review-rows';
import { type Standing, standingOf } from './review-standing';

export interface Next {
  passing: Passing;
  standing: Standing;
  dto: NextGateDto;
}

/** What the gate an agent comes to next asks for, and what of it is there. */
export function nextGateOf(actor: Actor, facts: GateFacts, agent: AgentFacts, now: number): Next {
  const { gate, versionId } = nextOf(agent);
  const about = GATES[gate].subject === 'proposal' ? null : versionId;
  const open = agent.reviews.find(
    (review) => review.gate === gate && review.state === 'open' && review.versionId === about,
  );
  const passing: Passing = open ?? { gate, versionId: about, roles: GATES[gate].roles, signatures: [] };
  const standing = standingOf(facts, agent, passing, now);
  const why = open === undefined ? whyNotOpen(agent, gate, standing.version) : null;
  return {
    passing,
    standing,
    dto: {
      gate,
      question: GATES[gate].question,
      version: standing.version === null ? null : versionDto(standing.version),
      way: wayOf(agent.past, versionId),
      reviewId: open?.id ?? null,
      evidence: standing.asked,
      roles: rolesOf(facts, standing.context, passing, now),
      missing: missingOf(standing.asked).length,
      whyNotOpen: why,
      mayOpen:
        open === undefined && why === null && can(actor, 'gate.open', { workspaceId: facts.workspaceId }),
    },
  };
}
