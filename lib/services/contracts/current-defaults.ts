import type { PoolClient } from 'pg';
import { readStored } from '@/lib/contract/parse';
import type { Contract } from '@/lib/contract/schema';

/** The workspace defaults that hold now: what a contract that extends them is completed with. */
export interface CurrentDefaults {
  versionId: string;
  number: number;
  /** What its authors call it. */
  label: string;
  contract: Contract;
}

/** Null in a workspace that has none. */
export async function currentDefaults(
  client: Pick<PoolClient, 'query'>,
  workspaceId: string,
): Promise<CurrentDefaults | null> {
  const { rows } = await client.query<{ versionId: string; number: number; document: unknown }>(
    `SELECT id AS "versionId", number, document FROM contract_version
      WHERE workspace_id = $1 AND agent_id IS NULL ORDER BY number DESC LIMIT 1`,
    [workspaceId],
  );
  const row = rows[0];
  if (row === undefined) return null;
  const contract = readStored(row.document);
  return { versionId: row.versionId, number: row.number, label: contract.versioning.contract, contract };
}
