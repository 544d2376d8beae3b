import { authorize } from '@/lib/auth/can';
import { db, transact } from '@/lib/db/pool';
import { holdRuns } from './hold-runs';
import { lockRollback } from './rollback-row';

/** For so long after a rollback its runs are looked for: those that were being written to, or began before a plane had heard. */
const FOR_SECONDS = 20;

/**
 * Pauses or stops what a rollback of the last seconds has missed: runs that somebody else was writing to, and runs that
 * began under the version gone back from before their plane knew better. Any number of planes may do so at once.
 */
export async function holdStragglers(): Promise<void> {
  const { rows } = await db().query<{ id: string; workspaceId: string }>(
    `SELECT id, workspace_id AS "workspaceId" FROM rollback
      WHERE at > now() - make_interval(secs => $1) AND running_runs <> 'finish' AND state <> 'reversed'`,
    [FOR_SECONDS],
  );
  for (const { id, workspaceId } of rows) {
    const system = { kind: 'system', workspaceId } as const;
    authorize(system, 'run.pause', { workspaceId });
    await transact(async (client) => {
      const rollback = await lockRollback(client, workspaceId, id);
      // Reversed, or the version decides again for another reason.
      if (rollback.state === 'reversed' || rollback.inForce?.id === rollback.fromVersionId) return;
      await holdRuns(client, system, rollback);
    });
  }
}
