import { fellFromWork, isAdopted, missingAt } from '@/lib/lifecycle/passages';
import { isLive } from '@/lib/lifecycle/stages';
import { type AgentFacts, gateFacts } from './facts';
import type { Queries } from './rows';

/**
 * The gates a version must pass before it may decide where its agent stands: in Rollout and Production those it has not
 * passed, unless it was in force there before. An agent that fell back from there goes on working under the version in force, so
 * another needs the gates of Rollout. Agents that were taken over and never went through a gate are exempt.
 */
export function gatesMissing(agent: AgentFacts, versionId: string): readonly string[] {
  if (isAdopted(agent.past) || agent.wasLive.has(versionId)) return [];
  if (isLive(agent.stage)) return missingAt(agent.past, versionId, agent.stage);
  return fellFromWork(agent.past) ? missingAt(agent.past, versionId, 'rollout') : [];
}

/** Tells which versions of an agent may decide at its stage, as of now. */
export async function mayDecide(
  client: Queries,
  workspaceId: string,
  agentId: string,
): Promise<(versionId: string) => boolean> {
  const { agents } = await gateFacts(client, workspaceId, { agentIds: [agentId] });
  const [agent] = agents;
  return (versionId) => agent !== undefined && gatesMissing(agent, versionId).length === 0;
}
