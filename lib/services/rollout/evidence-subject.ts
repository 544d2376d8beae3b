import { db } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { type ContractInForce, contractVersion } from '@/lib/services/contracts/contract-in-force';

/** An agent and the version of its own that statistics are to speak of. */
export interface EvidenceSubject {
  agentId: string;
  displayName: string;
  version: ContractInForce;
}

/**
 * The agent by its name, and the version by its number (the one in force when left out). Throws `not_found`, or `conflict`
 * when the agent has no version of its own in force.
 */
export async function evidenceSubject(
  workspaceId: string,
  input: { agent: string; version?: number | undefined },
): Promise<EvidenceSubject> {
  const { rows } = await db().query<{ id: string; displayName: string; versionId: string | null }>(
    `SELECT a.id, a.display_name AS "displayName",
            CASE WHEN $3::int IS NULL THEN a.contract_version_id ELSE v.id END AS "versionId"
       FROM agent a LEFT JOIN contract_version v ON v.agent_id = a.id AND v.number = $3
      WHERE a.workspace_id = $1 AND a.name = $2`,
    [workspaceId, input.agent, input.version ?? null],
  );
  const row = rows[0];
  if (row === undefined)
    throw new AppError('not_found', `There is no agent "${input.agent}" in this workspace.`);
  if (row.versionId === null)
    throw input.version === undefined
      ? new AppError('conflict', `${row.displayName} has no version of its own in force.`)
      : new AppError('not_found', `${row.displayName} has no contract version ${input.version}.`);
  return { agentId: row.id, displayName: row.displayName, version: await contractVersion(row.versionId) };
}
