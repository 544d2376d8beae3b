import { AppError } from '@/lib/errors';
import { STEP_DONE } from '@/lib/response/ladder-words';
import { type AgentOnLadder, agentOnLadder } from './agent-on-ladder';
import { type Client, findStep, type InterventionRow } from './rows';

/** A standing step somebody is about to act on, its agent locked. Throws `not_found`, or `conflict` when it has ended. */
export async function stepForAction(
  client: Client,
  workspaceId: string,
  id: string,
): Promise<{ agent: AgentOnLadder; step: InterventionRow }> {
  const found = await findStep(client, workspaceId, id);
  const agent = found === null ? null : await agentOnLadder(client, workspaceId, { id: found.agentId });
  if (found === null || agent === null)
    throw new AppError('not_found', 'There is no such step of the ladder in this workspace.');
  const step = agent.steps.find((one) => one.id === id);
  if (step === undefined)
    throw new AppError('conflict', `${agent.displayName} was ${STEP_DONE[found.kind]}, but that has ended.`);
  return { agent, step };
}
