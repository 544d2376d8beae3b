import type { Pool, PoolClient } from 'pg';

type Client = Pick<Pool | PoolClient, 'query'>;

/**
 * Who built each of these agents: the engineering leads of the versions its reviewed runs ran under, and of the one in force.
 * They do not rate its runs (`builders` of `can()`).
 *
 * @returns ids of people by agent id
 */
export async function buildersOf(
  client: Client,
  workspaceId: string,
  agentIds: readonly string[],
): Promise<Map<string, string[]>> {
  const builders = new Map<string, string[]>();
  if (agentIds.length === 0) return builders;
  const { rows } = await client.query<{ agent_id: string; person_id: string }>(
    `SELECT DISTINCT v.agent_id, p.id AS person_id
       FROM contract_version v
       JOIN person p ON p.email = lower(v.document #>> '{ownership,engineeringLead}')
      WHERE v.workspace_id = $1 AND v.agent_id = ANY($2::uuid[])
        AND (v.id IN (SELECT contract_version_id FROM run_review WHERE agent_id = v.agent_id)
          OR v.id = (SELECT contract_version_id FROM agent WHERE id = v.agent_id))`,
    [workspaceId, agentIds],
  );
  for (const { agent_id, person_id } of rows)
    builders.set(agent_id, [...(builders.get(agent_id) ?? []), person_id]);
  return builders;
}
