import type { PoolClient } from 'pg';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { readStored } from '@/lib/contract/parse';
import type { Contract } from '@/lib/contract/schema';
import { notify } from '@/lib/db/notify';
import { transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { versionInForce } from '@/lib/services/amendments/after-in-force';
import { appendAudit } from '@/lib/services/audit/append';
import { refuseWithOpenRequests } from '@/lib/services/comments/open-requests';
import { refuseUnsigned } from '@/lib/services/gates/refuse-unsigned';

/**
 * Lets a version of an agent's contract decide from now on. Runs that have begun keep theirs. Throws `conflict` where the
 * agent does real work and the version has not passed its gates.
 */
export async function putInForce(
  actor: Actor,
  input: { agent: string; number: number },
): Promise<{ agent: string; number: number }> {
  const { workspaceId } = actor;
  authorize(actor, 'contract.put-in-force', { workspaceId });
  return transact(async (client) => {
    const found = await client.query<{ agentId: string; versionId: string; document: unknown }>(
      `SELECT a.id AS "agentId", v.id AS "versionId", v.document
         FROM agent a JOIN contract_version v ON v.agent_id = a.id
        WHERE a.workspace_id = $1 AND a.name = $2 AND v.number = $3 FOR UPDATE OF a`,
      [workspaceId, input.agent, input.number],
    );
    const version = found.rows[0];
    if (version === undefined)
      throw new AppError('not_found', `"${input.agent}" has no contract version ${input.number}.`);
    await refuseUnsigned(client, workspaceId, version);
    await placeInForce(client, actor, {
      agentId: version.agentId,
      versionId: version.versionId,
      number: input.number,
      contract: readStored(version.document),
    });
    await notify(client, { workspaceId, topic: 'contract', id: version.versionId });
    return input;
  });
}

/**
 * The step itself, inside the caller's transaction with the agent's row locked; the caller has made sure that the version may
 * decide at the agent's stage. The agent goes by its names from now on. Throws `conflict` while a requested change is open.
 */
export async function placeInForce(
  client: PoolClient,
  actor: Actor,
  version: { agentId: string; versionId: string; number: number; contract: Contract },
): Promise<void> {
  const { workspaceId } = actor;
  await refuseWithOpenRequests(client, workspaceId, version.versionId);
  const moved = await client.query<{ stage: string }>(
    `UPDATE agent SET contract_version_id = $3, authority_level = $4, display_name = $5, business_unit = $6, aliases = $7
      WHERE workspace_id = $1 AND id = $2 AND contract_version_id IS DISTINCT FROM $3 RETURNING stage`,
    [
      workspaceId,
      version.agentId,
      version.versionId,
      version.contract.authority.level,
      version.contract.identity.name,
      version.contract.identity.businessUnit,
      version.contract.identity.aliases,
    ],
  );
  const stage = moved.rows[0]?.stage;
  if (stage === undefined) return;
  await appendAudit(client, [
    {
      workspaceId,
      actor,
      action: 'contract.put-in-force',
      subject: `agent:${version.agentId}`,
      detail: { agent: version.contract.identity.agent, number: version.number, stage },
    },
  ]);
  await versionInForce(client, actor, version);
  await notify(client, { workspaceId, topic: 'agent', id: version.agentId });
}
