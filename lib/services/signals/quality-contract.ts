import type { Pool, PoolClient } from 'pg';
import { type ContractInForce, contractVersion } from '@/lib/services/contracts/contract-in-force';

type Client = Pick<Pool | PoolClient, 'query'>;

/**
 * The version whose criteria an agent's signals are held against: the one in force, else its newest, else the workspace
 * defaults; null when there is none of them.
 */
export async function qualityContract(
  client: Client,
  workspaceId: string,
  agentId: string,
): Promise<ContractInForce | null> {
  const { rows } = await client.query<{ id: string | null }>(
    `SELECT COALESCE(
       (SELECT contract_version_id FROM agent WHERE workspace_id = $1 AND id = $2),
       (SELECT id FROM contract_version WHERE workspace_id = $1 AND agent_id = $2 ORDER BY number DESC LIMIT 1),
       (SELECT id FROM contract_version WHERE workspace_id = $1 AND agent_id IS NULL ORDER BY number DESC LIMIT 1)
     ) AS id`,
    [workspaceId, agentId],
  );
  const id = rows[0]?.id ?? null;
  return id === null ? null : contractVersion(id);
}
