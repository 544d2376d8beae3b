import type { Actor } from '@/lib/auth/actor';
import { db } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { isStage, type Stage } from '@/lib/lifecycle/stages';

export interface FoundAgent {
  id: string;
  /** The name it goes by in telemetry. */
  name: string;
  displayName: string;
  businessUnit: string | null;
  stage: Stage;
}

/** An agent by its name; a key that speaks for one agent sees no other. Throws `not_found`. */
export async function findAgent(actor: Actor, name: string): Promise<FoundAgent> {
  const { rows } = await db().query<Omit<FoundAgent, 'stage'> & { stage: string }>(
    `SELECT id, name, display_name AS "displayName", business_unit AS "businessUnit", stage FROM agent
      WHERE workspace_id = $1 AND name = $2 AND ($3::uuid IS NULL OR id = $3)`,
    [actor.workspaceId, name, actor.kind === 'key' ? actor.agentId : null],
  );
  const agent = rows[0];
  if (agent === undefined)
    throw new AppError('not_found', `There is no agent "${name.slice(0, 100)}" in this workspace.`);
  if (!isStage(agent.stage))
    throw new Error(`Agent ${agent.id} stands in "${agent.stage}", which is no stage.`);
  return { ...agent, stage: agent.stage };
}
