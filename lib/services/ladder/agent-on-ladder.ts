import { z } from 'zod';
import { AUTHORITY_LEVELS, type AuthorityLevel } from '@/lib/contract/schema';
import type { LadderEffect } from '@/lib/response/ladder';
import { type Client, type InterventionRow, levelNow, standingSteps } from './rows';

/** An agent and where it stands on the ladder, locked until the transaction ends. */
export interface AgentOnLadder {
  id: string;
  name: string;
  displayName: string;
  /** What its contract lets it do. */
  base: AuthorityLevel;
  /** How much it may do now. */
  level: AuthorityLevel;
  effect: LadderEffect;
  steps: InterventionRow[];
}

const rowSchema = z.object({
  id: z.string(),
  name: z.string(),
  displayName: z.string(),
  base: z.enum(AUTHORITY_LEVELS),
});

/** Null when the workspace has no such agent. */
export async function agentOnLadder(
  client: Client,
  workspaceId: string,
  which: { id: string } | { name: string },
): Promise<AgentOnLadder | null> {
  const { rows } = await client.query(
    `SELECT id, name, display_name AS "displayName", authority_level AS base FROM agent
      WHERE workspace_id = $1 AND ${'id' in which ? 'id = $2' : 'name = $2'} FOR NO KEY UPDATE`,
    [workspaceId, 'id' in which ? which.id : which.name],
  );
  if (rows[0] === undefined) return null;
  const agent = rowSchema.parse(rows[0]);
  const steps = await standingSteps(client, agent.id);
  return { ...agent, ...levelNow(agent.base, steps), steps };
}
