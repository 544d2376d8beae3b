import type { Actor } from '@/lib/auth/actor';
import { can } from '@/lib/auth/can';
import type { Route } from '@/lib/contract/change-row';
import { EVIDENCE_KINDS } from '@/lib/lifecycle/evidence-kinds';
import { GATE_IDS, GATES, type GateId } from '@/lib/lifecycle/gates';
import { gatesAhead, holdsOf } from '@/lib/lifecycle/passages';
import { CARRIES_OVER, REQUIRED_GATES } from '@/lib/lifecycle/required-gates';
import type { AmendmentFact } from '@/lib/services/gates/amendment-facts';
import { earlierPassage } from '@/lib/services/gates/earlier-passage';
import type { AgentFacts, GateFacts } from '@/lib/services/gates/facts';
import { whyNotOpen } from '@/lib/services/gates/open-review';
import { rolesOf, signingContext } from '@/lib/services/gates/people';
import { missingOf } from '@/lib/services/gates/review-rows';
import { standingOf } from '@/lib/services/gates/review-standing';
import type { AmendmentGateDto } from './dto';

/** The gates that an amendment has still to pass before it is agreed, the nearest first; by its route while it is drafted. */
export function dueGates(agent: AgentFacts, fact: AmendmentFact, route: Route | null): GateId[] {
  if (fact.versionId !== null)
    return gatesAhead(agent.past, { id: fact.versionId, inForce: fact.versionId === agent.inForceId });
  return route === null ? [] : gatesByRoute(agent, route);
}

/** The gates of a route, where its agent stands. */
export function gatesByRoute(agent: AgentFacts, route: Route): GateId[] {
  // As gatesAhead() says of it once it is a version: in Rollout what would be re-signed at G6 passes G4 anew, and G5 leads on.
  return route === 'g6' && agent.past.stage === 'rollout' ? ['G4', 'G5'] : [...REQUIRED_GATES[route]];
}

/** Every gate it takes, in their order, with who signs and on what; and those that hold from before. */
export function gatesOf(
  actor: Actor,
  facts: GateFacts,
  agent: AgentFacts,
  fact: AmendmentFact,
  of: { route: Route | null; authors: readonly string[]; now: number },
): { gates: AmendmentGateDto[]; holding: GateId[] } {
  const { route, now } = of;
  const due = dueGates(agent, fact, route);
  const version = agent.versions.find((each) => each.id === fact.versionId) ?? null;
  const holds = version === null ? null : holdsOf(agent.past, version.id);
  const asked = new Set<GateId>([
    ...due,
    ...(route === null ? [] : REQUIRED_GATES[route]),
    ...GATE_IDS.filter((gate) => gate !== 'G1' && holds?.[gate].passage?.versionId === fact.versionId),
  ]);
  const taken = GATE_IDS.filter(
    (gate) =>
      asked.has(gate) &&
      (gate !== 'G6' ||
        due.includes('G6') ||
        (route === 'g6' && holds?.G6.passage?.versionId === fact.versionId)),
  );
  return {
    gates: taken.map((gate): AmendmentGateDto => {
      const open = agent.reviews.find(
        (review) => review.gate === gate && review.state === 'open' && review.versionId === fact.versionId,
      );
      const passage = holds?.[gate].state === 'passed' ? holds[gate].passage : null;
      const passed = agent.reviews.find((review) => review.id === passage?.reviewId);
      const shown = open ?? passed;
      const passing = {
        gate,
        versionId: fact.versionId,
        roles: shown?.roles ?? GATES[gate].roles,
        signatures: shown?.signatures ?? [],
      };
      const context = {
        ...signingContext(facts, agent, passing),
        ...(version === null ? { authors: [...of.authors] } : {}),
      };
      const standing = version === null ? null : standingOf(facts, agent, passing, now);
      const why = version === null || shown !== undefined ? null : whyNotOpen(agent, gate, version);
      return {
        gate,
        question: GATES[gate].question,
        state:
          passed !== undefined ? 'passed' : open !== undefined ? 'open' : gate === due[0] ? 'due' : 'ahead',
        reviewId: shown?.id ?? null,
        roles: rolesOf(facts, context, passing, now),
        missing: standing === null ? [] : missingOf(standing.asked),
        carriedOver:
          standing === null
            ? carriedBy(gate, route)
            : standing.asked
                .filter((each) => each.carriedOver && each.state === 'present')
                .map((each) => each.title),
        superseded: earlierPassage(agent, gate, version),
        mayOpen:
          version !== null &&
          shown === undefined &&
          why === null &&
          can(actor, 'gate.open', { workspaceId: facts.workspaceId }),
        whyNotOpen: why,
      };
    }),
    holding: GATE_IDS.filter((gate) => !taken.includes(gate) && gate !== 'G6'),
  };
}

/** Before there is a version: which evidence of an earlier one will count, by the route. */
function carriedBy(gate: GateId, route: Route | null): string[] {
  if (route === null) return [];
  return GATES[gate].evidence
    .filter(({ kind }) => CARRIES_OVER[route].includes(kind) || EVIDENCE_KINDS[kind].speaksOf === 'agent')
    .map(({ kind }) => EVIDENCE_KINDS[kind].title);
}
