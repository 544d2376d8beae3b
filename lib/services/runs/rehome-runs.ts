import type { PoolClient } from 'pg';
import { notify } from '@/lib/db/notify';
import type { LeavingRun } from './join-traces';
import type { JudgedRun } from './judge-runs';

type Client = Pick<PoolClient, 'query'>;

/**
 * When runs turned out to be another agent's: their breaches and incidents follow, and an agent that was only known for
 * them is forgotten, so that nothing is left of a wrong guess.
 */
export async function rehome(
  client: Client,
  workspaceId: string,
  runs: readonly JudgedRun[],
  leaving: readonly LeavingRun[],
): Promise<void> {
  const emptied = new Set<string>();
  for (const { work } of leaving) if (work.stored !== null) emptied.add(work.stored.agentId);
  for (const { work, agent } of runs) {
    if (work.stored === null || work.stored.agentId === agent.id) continue;
    emptied.add(work.stored.agentId);
    await client.query('UPDATE breach SET agent_id = $2 WHERE run_id = $1', [work.id, agent.id]);
    await client.query('UPDATE incident SET agent_id = $2 WHERE run_id = $1', [work.id, agent.id]);
  }
  if (emptied.size === 0) return;
  // Locked first, looked at after: a run that another plane begins for one of them is then seen, or must wait.
  const locked = await client.query<{ id: string }>(
    'SELECT id FROM agent WHERE id = ANY($1::uuid[]) AND discovered ORDER BY id FOR UPDATE',
    [[...emptied]],
  );
  const removed = await client.query(
    `DELETE FROM agent a WHERE a.id = ANY($1::uuid[]) AND a.contract_version_id IS NULL
       AND NOT EXISTS (SELECT FROM run WHERE agent_id = a.id)
       AND NOT EXISTS (SELECT FROM incident WHERE agent_id = a.id)
       AND NOT EXISTS (SELECT FROM api_key WHERE agent_id = a.id)
       AND NOT EXISTS (SELECT FROM contract_version WHERE agent_id = a.id)`,
    [locked.rows.map((row) => row.id)],
  );
  if ((removed.rowCount ?? 0) > 0) await notify(client, { workspaceId, topic: 'agent', id: '' });
}
