import type { Actor } from '@/lib/auth/actor';
import { authorize, can } from '@/lib/auth/can';
import { db } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { isAdopted } from '@/lib/lifecycle/passages';
import { fallbackTargets } from '@/lib/lifecycle/stages';
import { findAgent } from '@/lib/services/agents/find-agent';
import { latestOf } from './amendment-facts';
import type { LifecycleDetail } from './dto';
import { agentDto, attestationOf, stageChangeDto, stepsOf, versionById } from './dtos';
import { gateFacts } from './facts';
import { nextGateOf } from './next-gate';
import { rowOf } from './review-rows';

/** Where an agent stands, how it came there, what was signed, and what its next gate asks. Throws `not_found`. */
export async function getLifecycle(actor: Actor, name: string): Promise<LifecycleDetail> {
  const { workspaceId } = actor;
  authorize(actor, 'gate.read', { workspaceId });
  const { id } = await findAgent(actor, name);
  const facts = await gateFacts(db(), workspaceId, { agentIds: [id] });
  const [agent] = facts.agents;
  if (agent === undefined) throw new AppError('not_found', `There is no agent "${name.slice(0, 100)}" here.`);
  const now = Date.now();
  const { dto: next, passing } = nextGateOf(actor, facts, agent, now);
  return {
    agent: agentDto(agent),
    versionInForce: versionById(agent, agent.inForceId),
    latest: versionById(agent, latestOf(agent)?.id ?? null),
    adopted: isAdopted(agent.past),
    steps: stepsOf(agent, passing.versionId ?? agent.inForceId ?? latestOf(agent)?.id ?? null),
    next,
    history: agent.moves.toReversed().map(stageChangeDto),
    reviews: await Promise.all(agent.reviews.map((review) => rowOf(db(), actor, facts, agent, review, now))),
    attestation: attestationOf(agent, facts.zone, now),
    fallbackTargets: fallbackTargets(agent.stage),
    mayFallBack: agent.stage !== 'discovery' && can(actor, 'gate.fall-back', { workspaceId }),
  };
}
