import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { db } from '@/lib/db/pool';

/** Every agent by the name it goes by and what people call it, to choose from. */
export async function listAgentNames(actor: Actor): Promise<{ name: string; displayName: string }[]> {
  authorize(actor, 'agent.read', { workspaceId: actor.workspaceId });
  const { rows } = await db().query<{ name: string; displayName: string }>(
    `SELECT name, display_name AS "displayName" FROM agent
      WHERE workspace_id = $1 AND ($2::uuid IS NULL OR id = $2) ORDER BY lower(display_name), id`,
    [actor.workspaceId, actor.kind === 'key' ? actor.agentId : null],
  );
  return rows;
}
