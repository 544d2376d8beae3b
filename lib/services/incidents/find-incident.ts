import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { db } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';

export interface IncidentKeys {
  id: string;
  number: number;
  title: string;
  agentId: string;
  /** The run that opened it. */
  runId: string;
}

/** An incident's ids by its number, for a reader. Throws `not_found`, also where a key is bound to another agent. */
export async function findIncident(actor: Actor, number: number): Promise<IncidentKeys> {
  authorize(actor, 'incident.read', { workspaceId: actor.workspaceId });
  const { rows } = await db().query<IncidentKeys>(
    `SELECT id, number, title, agent_id AS "agentId", run_id AS "runId" FROM incident
      WHERE workspace_id = $1 AND number = $2 AND ($3::uuid IS NULL OR agent_id = $3)`,
    [actor.workspaceId, number, actor.kind === 'key' ? actor.agentId : null],
  );
  const found = rows[0];
  if (found === undefined)
    throw new AppError('not_found', `There is no incident INC-${number} in this workspace.`);
  return found;
}
