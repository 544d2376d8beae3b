import { authorize } from '@/lib/auth/can';
import { readStored } from '@/lib/contract/parse';
import { db, transact } from '@/lib/db/pool';
import { isAdopted } from '@/lib/lifecycle/passages';
import { attestationOf } from '@/lib/services/gates/dtos';
import { lockAgent } from '@/lib/services/gates/find-review';
import { applyLadder } from './apply-by-rule';

/**
 * Takes the steps of the ladder that time alone sets off, in all workspaces: an attestation that has been overdue for as long as
 * the contract in force says. Run by a timer of the runtime plane, any number of them at once: each step locks its agent
 * and looks again. Answers how many were taken; an agent that fails does not keep the others from theirs.
 */
export async function applyLadderByTime(
  now: Date,
  failed: (error: unknown) => void = () => {},
): Promise<number> {
  const { rows } = await db().query<{ workspaceId: string; name: string; document: unknown }>(
    `SELECT a.workspace_id AS "workspaceId", a.name, v.document
       FROM agent a JOIN contract_version v ON v.id = a.contract_version_id
      WHERE a.stage = 'production'
        AND jsonb_path_exists(v.document, '$.failure.ladder[*].when.attestationOverdueDays')`,
  );
  let taken = 0;
  for (const { workspaceId, name, document } of rows) {
    const system = { kind: 'system', workspaceId } as const;
    authorize(system, 'ladder.intervene', { workspaceId });
    try {
      const contract = readStored(document);
      const isTaken = await transact(async (client) => {
        const { facts, agent } = await lockAgent(client, workspaceId, name);
        const due = attestationOf(agent, facts.zone, now.getTime());
        // Who was taken over and never signed is left to people.
        if (due === null || due.inDays >= 0 || isAdopted(agent.past)) return false;
        return applyLadder(client, {
          workspaceId,
          agentId: agent.id,
          contract,
          incidentId: null,
          attestationOverdueDays: -due.inDays,
          now,
        });
      });
      if (isTaken) taken += 1;
    } catch (error) {
      failed(error);
    }
  }
  return taken;
}
