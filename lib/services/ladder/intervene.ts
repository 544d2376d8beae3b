import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { AUTHORITY_LEVELS, LADDER_GATES, LADDER_STEPS } from '@/lib/contract/schema';
import { recovery } from '@/lib/contract/terms';
import { transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { endsByGate, isLower, levelAfter, rankOf } from '@/lib/response/ladder';
import { LEVEL_WORDS, STEP_DONE } from '@/lib/response/ladder-words';
import { contractInForce } from '@/lib/services/contracts/contract-in-force';
import { requireReason } from '@/lib/services/runs/run-for-action';
import { type AgentOnLadder, agentOnLadder } from './agent-on-ladder';
import type { Client } from './rows';
import { takeStep } from './take-step';

export const interveneSchema = z.object({
  /** The agent's name. */
  agent: z.string().max(200),
  kind: z.enum(LADDER_STEPS),
  /** Of narrow: the level it falls to; left out: one lower. */
  to: z.enum(AUTHORITY_LEVELS).optional(),
  /** What must pass before it is back; left out: G6. */
  gate: z.enum(LADDER_GATES).optional(),
  reason: z.string(),
  /** The number of the incident it follows from. */
  incident: z.int().optional(),
});

/**
 * Puts an agent on a step of the ladder by hand, for a reason that is kept. Authority only falls by it. Throws `not_found`,
 * `forbidden`, `invalid` without a reason, or `conflict` when the step would change nothing.
 */
export async function intervene(
  actor: Actor,
  input: z.input<typeof interveneSchema>,
): Promise<{ id: string }> {
  const { workspaceId } = actor;
  authorize(actor, 'ladder.intervene', { workspaceId });
  return transact(async (client) => {
    const agent = await agentOnLadder(client, workspaceId, { name: input.agent });
    if (agent === null)
      throw new AppError('not_found', `There is no agent "${input.agent}" in this workspace.`);
    const reason = requireReason(input.reason);
    const toLevel = levelAfter(input.kind, agent.level, input.to);
    refuseEmpty(agent, input.kind, toLevel);
    const incident = await incidentOf(client, workspaceId, agent.id, input.incident);
    const contract = await contractInForce(workspaceId, agent.id);
    const binding = input.gate !== undefined || isLower(toLevel, agent.level);
    const id = await takeStep(client, actor, {
      agent,
      kind: input.kind,
      clause: null,
      reason,
      fromLevel: agent.level,
      toLevel,
      gate: endsByGate(input.kind, binding) ? (input.gate ?? 'G6') : null,
      incident,
      requirements: contract === null ? [] : recovery(contract.contract),
      at: new Date(),
    });
    return { id };
  });
}

/** A step that takes nothing the agent still has is none. */
function refuseEmpty(
  agent: AgentOnLadder,
  kind: z.output<typeof interveneSchema>['kind'],
  toLevel: AgentOnLadder['level'],
): void {
  if (kind === 'narrow' || kind === 'review') {
    if (isLower(toLevel, agent.level)) return;
    throw new AppError(
      'conflict',
      `${agent.displayName} is at ${LEVEL_WORDS[agent.level]} already: that would take nothing from it.`,
    );
  }
  const same = agent.steps.find(
    (step) =>
      step.kind === kind ||
      (kind !== 'warn' && rankOf(step.kind) > rankOf(kind) && step.kind === 'recertify'),
  );
  if (same !== undefined)
    throw new AppError('conflict', `${agent.displayName} was ${STEP_DONE[same.kind]} before: ${same.reason}`);
}

async function incidentOf(
  client: Client,
  workspaceId: string,
  agentId: string,
  number: number | undefined,
): Promise<{ id: string; number: number } | null> {
  if (number === undefined) return null;
  const { rows } = await client.query<{ id: string; number: number }>(
    'SELECT id, number FROM incident WHERE workspace_id = $1 AND agent_id = $2 AND number = $3',
    [workspaceId, agentId, number],
  );
  if (rows[0] === undefined)
    throw new AppError('not_found', `There is no incident INC-${number} of this agent.`);
  return rows[0];
}
