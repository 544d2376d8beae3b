import { authorize } from '@/lib/auth/can';
import { firstIdAt } from '@/lib/db/id';
import { db, transact } from '@/lib/db/pool';
import { contractVersion } from '@/lib/services/contracts/contract-in-force';
import { MOST_AT_A_TIME, proposeCompensations } from './propose';

/** For so long after so many were proposed of a run at a time it is looked for more. */
const FOR_MINUTES = 10;

/**
 * Goes on where a run had more calls to undo than are proposed at a time, also when nothing more is heard of it. Any number of
 * planes may do so at once.
 */
export async function proposeRest(now: Date): Promise<void> {
  const { rows } = await db().query<{ workspaceId: string; incidentId: string; runId: string }>(
    `SELECT c.workspace_id AS "workspaceId", c.incident_id AS "incidentId", c.run_id AS "runId"
       FROM compensation c JOIN incident_run t ON t.incident_id = c.incident_id AND t.run_id = c.run_id
      WHERE c.id > $1 AND t.closed_at IS NULL
      GROUP BY 1, 2, 3 HAVING count(*) >= $2 LIMIT 20`,
    // By their ids, which have an index: how many were ever proposed makes no difference.
    [firstIdAt(now.getTime() - FOR_MINUTES * 60_000), MOST_AT_A_TIME],
  );
  for (const { workspaceId, incidentId, runId } of rows) {
    authorize({ kind: 'system', workspaceId }, 'compensation.report', { workspaceId });
    await transact(async (client) => {
      // Whoever writes to the run proposes too.
      const run = await client.query<{ agentId: string; versionId: string | null }>(
        `SELECT agent_id AS "agentId", contract_version_id AS "versionId" FROM run
          WHERE workspace_id = $1 AND id = $2 FOR NO KEY UPDATE`,
        [workspaceId, runId],
      );
      const [found] = run.rows;
      if (found === undefined || found.versionId === null) return;
      const { contract } = await contractVersion(found.versionId);
      await proposeCompensations(client, {
        workspaceId,
        incidentId,
        runId,
        agentId: found.agentId,
        contract,
        now,
      });
    });
  }
}
