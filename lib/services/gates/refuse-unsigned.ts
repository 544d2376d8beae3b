import { AppError } from '@/lib/errors';
import { formatList } from '@/lib/format';
import { isAdopted, missingAt } from '@/lib/lifecycle/passages';
import { isLive, STAGE_TITLES } from '@/lib/lifecycle/stages';
import { gateFacts } from './facts';
import type { Queries } from './rows';

/**
 * What does real work has been agreed to: in Rollout and Production a version is put in force only when its gates have been
 * passed, or when it was in force there before. Agents that were taken over and never went through a gate are exempt. Called
 * with the agent locked; throws `conflict` naming the gates.
 */
export async function refuseUnsigned(
  client: Queries,
  workspaceId: string,
  version: { agentId: string; versionId: string },
): Promise<void> {
  const facts = await gateFacts(client, workspaceId, { agentIds: [version.agentId] });
  const [agent] = facts.agents;
  if (agent === undefined || !isLive(agent.stage) || isAdopted(agent.past)) return;
  if (agent.wasLive.has(version.versionId)) return;
  const missing = missingAt(agent.past, version.versionId, agent.stage);
  if (missing.length === 0) return;
  const label = agent.versions.find((each) => each.id === version.versionId)?.label ?? '';
  throw new AppError(
    'conflict',
    `${agent.displayName} stands in ${STAGE_TITLES[agent.stage]}: v${label} must pass ${formatList(missing)} before it can be in force there.`,
  );
}
