import type { Contract } from '@/lib/contract/schema';
import { db } from '@/lib/db/pool';
import { contractInForce } from './contract-in-force';

/** The version an agent is held to, as pages name it. */
export interface ShownVersion {
  number: number;
  /** What people call it. */
  label: string;
  /** False where the agent is held to the workspace defaults. */
  own: boolean;
}

/** The version in force for an agent, with its contract; null: there is none. The caller has authorized the reading. */
export async function shownInForce(
  workspaceId: string,
  agentId: string,
): Promise<{ shown: ShownVersion; contract: Contract } | null> {
  const inForce = await contractInForce(workspaceId, agentId);
  if (inForce === null) return null;
  const { rows } = await db().query<{ own: boolean }>(
    'SELECT agent_id IS NOT NULL AS own FROM contract_version WHERE id = $1',
    [inForce.versionId],
  );
  const { number, contract } = inForce;
  return {
    shown: { number, label: contract.versioning.contract, own: rows[0]?.own === true },
    contract,
  };
}
