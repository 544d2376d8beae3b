import { diffContracts } from '@/lib/contract/diff';
import { readStored } from '@/lib/contract/parse';
import { moreThanNarrower } from '@/lib/contract/route';
import { AppError } from '@/lib/errors';
import { formatList } from '@/lib/format';
import { isLive, STAGE_TITLES } from '@/lib/lifecycle/stages';
import { amendmentObstacle } from './amendment-facts';
import { type AgentFacts, gateFacts } from './facts';
import { gatesMissing } from './may-decide';
import type { Queries } from './rows';

const MOST_NAMED = 6;

/**
 * What does real work has been agreed to: in Rollout and Production a version is put in force only when its gates have been
 * passed, or when it was in force there before. An agent that fell back from there goes on working: until it passes its gates
 * again, it takes another version only where that one narrows. Agents that were taken over and never went through a gate are
 * exempt. Nowhere is an amendment put in force that was withdrawn, refused, or changes a version that is superseded. Called with
 * the agent locked; throws `conflict` naming the gates, or what stands in the way.
 */
export async function refuseUnsigned(
  client: Queries,
  workspaceId: string,
  version: { agentId: string; versionId: string },
): Promise<void> {
  const facts = await gateFacts(client, workspaceId, { agentIds: [version.agentId] });
  const [agent] = facts.agents;
  if (agent === undefined || agent.wasLive.has(version.versionId)) return;
  const obstacle = amendmentObstacle(agent, version.versionId);
  if (obstacle !== null) throw new AppError('conflict', obstacle);
  const missing = gatesMissing(agent, version.versionId);
  if (missing.length === 0) return;
  const label = agent.versions.find((each) => each.id === version.versionId)?.label ?? '';
  if (isLive(agent.stage))
    throw new AppError(
      'conflict',
      `${agent.displayName} stands in ${STAGE_TITLES[agent.stage]}: v${label} must pass ${formatList(missing)} before it can be in force there.`,
    );
  const clauses = await beyondInForce(client, agent, version.versionId);
  if (clauses?.length === 0) return;
  const beyond =
    clauses === null
      ? ''
      : `v${label} does more than narrow what it may do (${formatList([...clauses.slice(0, MOST_NAMED), ...(clauses.length > MOST_NAMED ? [`${clauses.length - MOST_NAMED} more`] : [])])}): `;
  throw new AppError(
    'conflict',
    `${agent.displayName} fell back to ${STAGE_TITLES[agent.stage]} and goes on working. ${beyond}v${label} must pass ${formatList(missing)} before it can be in force.`,
  );
}

/** The clauses by which a version does more than narrow the one in force; null where none is in force. */
async function beyondInForce(
  client: Queries,
  agent: AgentFacts,
  versionId: string,
): Promise<string[] | null> {
  const { rows } = await client.query<{ id: string; document: unknown }>(
    'SELECT id, document FROM contract_version WHERE id = ANY($1::uuid[])',
    [[agent.inForceId, versionId].filter((id) => id !== null)],
  );
  const [before, after] = [agent.inForceId, versionId].map((id) => rows.find((row) => row.id === id));
  if (before === undefined || after === undefined) return null;
  const changes = moreThanNarrower(diffContracts(readStored(before.document), readStored(after.document)));
  return [...new Set(changes.map((change) => change.clause))];
}
